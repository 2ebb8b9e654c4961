CREATE TABLE account(id INTEGER PRIMARY KEY, owner TEXT NOT NULL);
CREATE TABLE transfer(payer INTEGER, payee INTEGER, amount INTEGER CHECK (amount > 0));
CREATE INDEX by_payee ON transfer(payee);
INSERT INTO account VALUES (1, 'Ada'), (2, 'Barbara'), (3, 'Grace'), (4, 'Hedy');
BEGIN;
INSERT INTO transfer VALUES (1, 2, 70), (2, 3, 30), (3, 1, 45), (1, 3, 5);
COMMIT;
BEGIN;
DELETE FROM transfer;
ROLLBACK;
.mode column
SELECT owner,
       coalesce((SELECT sum(amount) FROM transfer WHERE payee = id), 0)
       - coalesce((SELECT sum(amount) FROM transfer WHERE payer = id), 0) AS balance
  FROM account ORDER BY balance DESC, owner;
.mode list
SELECT count(*), avg(amount), group_concat(amount, '+') FROM transfer WHERE payee = 3;
WITH RECURSIVE fibonacci(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM fibonacci LIMIT 20)
SELECT max(a) FROM fibonacci;
INSERT INTO transfer VALUES (1, 2, -1);
