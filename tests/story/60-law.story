# Documents: numbers without gap, nothing edited, snapshots.

story LAW-01 refused and voided documents leave no gap
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m one.example
expect 422: anna orders web-s 1m one.example
expect 422: anna orders web-s 7m two.example
anna orders web-s 1m two.example
void invoice 1
anna orders web-s 1m three.example
run
invoice 1 has number INV-2027-00001
invoice 2 has number INV-2027-00002
invoice 3 has number INV-2027-00003
on 2028-01-02
staff bills anna A 1.00 EUR
staff bills anna B 1.00 EUR
run

story LAW-01 proformas are numbered by themselves, and only what is paid becomes an invoice
setting invoice.proforma 1
tax DE 19%
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
client ben in DE
on 2027-04-10
anna orders web-s 1m one.example
ben orders web-s 1m two.example
anna orders web-s 1m three.example
invoice 1 has number PRO-2027-00001
invoice 3 has number PRO-2027-00003
invoice 1 has balance 11.90 EUR
void invoice 2
invoice 2 is cancelled
void invoice 2 by another caller
notes of ben are 0
on 2027-04-12
gateway holds its hooks
anna starts paying invoice 3
anna pays invoice 3 there
gateway sends its hooks
gateway sends all hooks again
run
invoice 3 has number INV-2027-00001
invoice 3 is issued 2027-04-12
service 3 is active
anna pays invoice 1
run
invoice 1 has number INV-2027-00002
letters to anna: payment_received 2
on 2027-05-06
run
invoice 4 has number PRO-2027-00004
service 3 is active next due 2027-05-10
invoice 4 is due 2027-05-10
anna pays invoice 4
run
invoice 4 has number INV-2027-00003
dry run
audit

story LAW-02 a changed amount is found
client anna in DE
staff bills anna A 10.00 EUR
staff bills anna B 20.00 EUR
staff bills anna C 30.00 EUR
run
audit
somebody edits the database: UPDATE invoice_item SET description = 'Something else' WHERE unit_minor = 2000
audit finds INV-2027-00002

story LAW-02 a changed day is found
client anna in DE
staff bills anna A 10.00 EUR
run
somebody edits the database: UPDATE invoice SET due_on = '2030-01-01'
audit finds INV-2027-00001

story LAW-02 a removed document is found
client anna in DE
staff bills anna A 10.00 EUR
staff bills anna B 20.00 EUR
run
somebody edits the database: UPDATE invoice SET seq = 3 WHERE seq = 2
audit finds gap

story LAW-02 a payment without its transfer is found
client anna in DE
staff bills anna A 10.00 EUR
staff records 10.00 EUR for invoice 1 as REF-1
run
somebody edits the database: UPDATE payment SET amount_minor = 900
audit finds "payment"

story LAW-06 what was issued stays as it was
tax DE 19%
client anna in DE
staff bills anna A 10.00 EUR
run
invoice 1 is addressed to "1 Road"
remember the PDF of invoice 1
anna moves to "2 Other Road"
setting company.name "Another Company"
setting company.address "9 Elsewhere"
on 2027-03-01
run
invoice 1 is addressed to "1 Road"
the PDF of invoice 1 is the same
staff bills anna B 10.00 EUR
invoice 2 is addressed to "2 Other Road"
run
