-- Revert publicity

BEGIN;

SET LOCAL search_path TO zhibao;

DROP TABLE news_item;
DROP TABLE window_report;
DROP TABLE interpretation;
DROP TABLE policy_document;
DROP TABLE media_product;
DROP TABLE publication;

COMMIT;
