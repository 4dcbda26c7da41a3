-- The figures a reader looks for first, each with what it is.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text figure, bigint numerator, bigint denominator, text basis.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), done AS MATERIALIZED (
	SELECT coalesce(sum(c.capped), 0)::bigint AS capped, coalesce(sum(c.required), 0)::bigint AS required, coalesce(sum(c.held), 0)::bigint AS held,
		coalesce(sum(c.ended_capped), 0)::bigint AS ended_capped, coalesce(sum(c.ended_required), 0)::bigint AS ended_required,
		((sum(c.enterprise) > 0)::integer + (sum(c.campus) > 0)::integer + (sum(c.village) > 0)::integer + (sum(c.site) > 0)::integer
			+ (sum(c.system) > 0)::integer)::bigint AS categories,
		count(DISTINCT w.code) AS offices, count(DISTINCT w.code) FILTER (WHERE c.sessions > 0) AS active
	FROM args a CROSS JOIN LATERAL zhibao.completion_by_office(a.on_day, a.as_of, 'cities') c
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = c.office_code
	JOIN zhibao.standing_office(a.register) s ON s.code = c.office_code -- what a closed office held is of its successor, itself it is none
	LEFT JOIN zhibao.office_tree w ON w.register_version = a.register AND w.ancestor_code = a.node AND w.code = s.open_code
), cover AS MATERIALIZED (
	SELECT sum(c.units_all)::bigint AS units_all, sum(c.units_rural)::bigint AS units_rural, sum(c.broad_all)::bigint AS broad_all,
		sum(c.broad_rural)::bigint AS broad_rural, sum(c.strict_all)::bigint AS strict_all, sum(c.strict_rural)::bigint AS strict_rural
	FROM args a CROSS JOIN LATERAL zhibao.coverage_by_county(a.on_day, a.as_of) c
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = c.county_code
), rule AS (
	SELECT zhibao.rule_value(a.register, 'coverage.breadth', 'broad') AS breadth, zhibao.rule_value(a.register, 'coverage.base', 'all') AS base FROM args a
), figure AS (
	SELECT 1 AS place, '“政策宣讲五进”完成率' AS name, capped AS n, required AS d, '各计划项已开展场次（不超过计划）之和 ÷ 计划场次之和；市州及县（市、区）' AS basis FROM done
	UNION ALL SELECT 2, '其中：窗口期已满的计划项', ended_capped, ended_required, '只计窗口期在统计截止日前结束的计划项' FROM done
	UNION ALL SELECT 3, '原始比率（不封顶）', held, required, '已开展场次之和 ÷ 计划场次之和，可超过 100%' FROM done
	UNION ALL SELECT 4, '五进类别开展情况', categories, 5, '至少开展 1 场的类别数 ÷ 5' FROM done
	UNION ALL SELECT 5, '有活动记录的单位', active, offices, '至少主办 1 场的市州、县（市、区）单位数 ÷ 单位总数；已撤并的单位不计，其场次归承接单位' FROM done
	UNION ALL SELECT 6, '乡镇覆盖率：任一类宣讲，乡镇和街道' || CASE WHEN r.breadth = 'broad' AND r.base = 'all' THEN '（正式口径）' ELSE '' END,
		broad_all, units_all, '至少开展 1 场任一类宣讲的乡镇（街道）数 ÷ 统计截止日有效的乡镇（街道）数' FROM cover, rule r
	UNION ALL SELECT 7, '乡镇覆盖率：任一类宣讲，仅乡镇' || CASE WHEN r.breadth = 'broad' AND r.base = 'rural' THEN '（正式口径）' ELSE '' END,
		broad_rural, units_rural, '同上，不含街道' FROM cover, rule r
	UNION ALL SELECT 8, '乡镇覆盖率：进村居，乡镇和街道' || CASE WHEN r.breadth = 'strict' AND r.base = 'all' THEN '（正式口径）' ELSE '' END,
		strict_all, units_all, '只计进村居活动（与统计表第 12 项一致）' FROM cover, rule r
	UNION ALL SELECT 9, '乡镇覆盖率：进村居，仅乡镇' || CASE WHEN r.breadth = 'strict' AND r.base = 'rural' THEN '（正式口径）' ELSE '' END,
		strict_rural, units_rural, '同上，不含街道' FROM cover, rule r
)
SELECT false, f.name, coalesce(f.n, 0)::bigint, coalesce(f.d, 0)::bigint, f.basis FROM figure f ORDER BY f.place
