-- Revert items

BEGIN;

SET LOCAL search_path TO zhibao;

DROP TABLE value_label;
DROP VIEW item_revision;
DROP TABLE claim;
DROP TABLE public_input;
DROP TABLE news_item;
DROP TABLE exchange;
DROP TABLE feedback_stat;
DROP TABLE filing_receipt;
DROP TABLE circular;
DROP TABLE inspection;
DROP TABLE statistics_form;
DROP TABLE speaker;
DROP TABLE window_report;
DROP TABLE interpretation;
DROP TABLE policy_document;
DROP TABLE media_product;
DROP TABLE study_event;
DROP TABLE lecture_event;
DROP TABLE publication;
DROP TABLE plan_item;
DROP TABLE submission;
DROP TABLE office_profile;

COMMIT;
