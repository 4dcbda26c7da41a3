# SPDX-License-Identifier: Apache-2.0
"""The history of a record in Chromium over a real centre and a real agent: its files are handed out by click and by key, picks,
earlier verdicts and notes are told beside the revision they are about."""
import hashlib

import pytest

from onpage import command, texts, visit
from pgcluster import BUILD, wait_for

OFFICE, CITY = "420102", "420100"


@pytest.fixture(scope="module")
def paper(centre, agent):
    """A work plan with its scan and an attachment, amended by two machines at once; the branch received last was picked, returned, taken
    back and accepted. Its item, the branches and the files."""
    command(centre, "account", "set", "--login", "wh", "--name", "武汉审核", "--office", CITY, "--roles", "city_operator")
    files = {"方案 扫描件.pdf": b"%PDF-1.4 scan of the plan", "附表.csv": "乡镇,场次\n".encode()}
    for name, content in files.items():
        (agent.home / name).write_bytes(content)
    scan = hashlib.blake2b(files["方案 扫描件.pdf"], digest_size=32).hexdigest()
    run = agent.command("record", "submission", "--submission_kind", "work_plan", "--title", "工作方案", "--file_digest", scan, "--is_stamped", "是",
                        "--approved_by", "王局长", "--wait", "20")
    assert run.returncode == 0 and "已送达" in run.stdout, run.stderr
    item = run.stdout.split()[0]
    assert agent.command("amend", item, "--title", "工作方案甲", "--wait", "20").returncode == 0
    for name in files:
        assert agent.command("attach", agent.home / name, "--item", item).returncode == 0
    wait_for(lambda: agent.command("files").stdout.count("已送达") == 2, 30, "the files")
    first, other = centre.cluster.psql(f"SELECT revision_id FROM zhibao.submission WHERE item_id = '{item}' ORDER BY received_at").split()
    # As another machine of the office sends it.
    branch = centre.cluster.psql(
        "INSERT INTO zhibao.submission SELECT (jsonb_populate_record(s, jsonb_build_object('revision_id', gen_random_uuid(), 'base_revision_id',"
        f" '{first}', 'operation', 'amend', 'title', '工作方案乙', 'received_at', clock_timestamp()))).* FROM zhibao.submission s"
        f" WHERE revision_id = '{first}' RETURNING revision_id")
    for words in (("pick", "--reason", "乙为盖章件"), ("return", "--reason", "缺附表", "--cure", "2199-12-31"), ("reopen", "--reason", "附表在附件中"), ("accept",)):
        command(centre, "review", words[0], "--login", "wh", "--office", OFFICE, "--item", item, "--revision", branch, *words[1:])
    # Something after it, so that all of it is in what is folded.
    assert agent.command("record", "submission", "--submission_kind", "lecture_plan", "--title", "宣讲计划", "--wait", "20").returncode == 0
    centre.wait_folded()
    return {"item": item, "branch": branch, "other": other, "first": first, "files": files, "scan": scan}


def opened(centre, browser, paper):
    visit(centre, browser, f"reviews/{OFFICE}?kind=submission&state=any&item={OFFICE}.{paper['item']}")
    return browser.says("[data-testid=item-history]", paper["first"])


def told(browser, revision):
    """What the history says of one revision."""
    return next(t for t in texts(browser, "[data-testid=item-history] .revisions > li") if revision in t)


def test_picks_and_verdicts(centre, browser, paper):
    assert "3个版本" in opened(centre, browser, paper)
    said = told(browser, paper["branch"])
    assert "当前计入" in said and "工作方案乙" in said and "冲突裁定以本版本为准（wh，" in said and "：乙为盖章件" in said
    parts = [said.index(words) for words in ("审核结论审核通过（wh，", "此前结论", "：附表在附件中", "此前结论已退回（wh，", "：缺附表；整改期限2199-12-31", "冲突裁定")]
    assert parts == sorted(parts) and said.count("此前结论") == 2, "newest first"
    for revision in (paper["other"], paper["first"]):
        said = told(browser, revision)
        assert not any(words in said for words in ("当前计入", "冲突裁定", "审核结论", "此前结论"))


def test_note_after_the_verdict(centre, browser, agent, paper):
    """A work whose file is not here, accepted all the same: the note goes on standing beside the revision that names the file."""
    run = agent.command("record", "media_product", "--media_kind", "short_video", "--title", "社保短视频", "--made_on", "2024-05-01", "--file_digest", "ab" * 32,
                        "--wait", "20")
    item = run.stdout.split()[0]
    revision = centre.cluster.psql(f"SELECT revision_id FROM zhibao.media_product WHERE item_id = '{item}'")
    command(centre, "review", "accept", "--login", "wh", "--office", OFFICE, "--item", item, "--revision", revision)
    assert agent.command("amend", item, "--title", "社保短视频（定稿）", "--file_digest", paper["scan"], "--reason", "换成定稿", "--wait", "20").returncode == 0
    centre.wait_folded()
    visit(centre, browser, f"reviews/{OFFICE}?kind=media_product&state=any&item={OFFICE}.{item}")
    browser.says("[data-testid=item-history]", revision)
    browser.screenshot(BUILD / "history-note.png")
    said = told(browser, revision)
    assert "审核结论审核通过（wh，" in said and f"提示附件（{'ab' * 8}…）尚未收到" in said
    assert texts(browser, "[data-testid=item-history]")[0].count("尚未收到") == 1, "the file of the correction is here"


def arrived(browser, name, content):
    file = browser.downloads / name
    wait_for(lambda: file.exists() and file.read_bytes() == content, 30, name)
    file.unlink()


def test_files(centre, browser, paper):
    """Each attachment is there under its name; the field with the digest of a file leads to it as well."""
    opened(centre, browser, paper)
    links = texts(browser, "[data-testid=item-files] a")
    assert sorted(links) == sorted(name.replace(" ", "") for name in paper["files"])
    for place, name in enumerate(links, 1):
        real = next(n for n in paper["files"] if n.replace(" ", "") == name)
        browser.click(f"[data-testid=item-files] li:nth-child({place}) a")
        arrived(browser, real, paper["files"][real])
    browser.focus("[data-testid=item-files] a")
    for _ in range(10):
        browser.key("Tab")
        if browser.eval("document.activeElement.matches('.facts.body a.file')"):
            break
    browser.key("Enter")
    arrived(browser, "方案 扫描件.pdf", paper["files"]["方案 扫描件.pdf"])
