-- Deploy figures: the other indicators (指标), frozen figures, inspection draws, exports.

BEGIN;

SET LOCAL search_path TO zhibao;

COMMIT;
