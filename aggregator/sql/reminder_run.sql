-- Makes the reminders whose instant has come, each once however many aggregators run.
-- Result: integer, how many.
SELECT zhibao.reminder_run()
