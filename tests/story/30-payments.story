# Money: hooks lost, repeated, forged, out of order; credit.

story PAY-01 the same message again and again pays once
plan web-s "Web S" prices 1m EUR 25.00
client anna in DE
anna orders web-s 1m anna.example
anna pays invoice 1
gateway sends all hooks again
gateway sends all hooks again
anna comes back from paying invoice 1
run
gateway sends all hooks again
run
payments of anna are 1
credit of anna is 0.00 EUR
service 1 is active next due 2027-02-01
letters to anna: payment_received 1

story PAY-02 no message comes: the payer's return asks
plan web-s "Web S" prices 1m EUR 25.00
client anna in DE
anna orders web-s 1m anna.example
gateway holds its hooks
anna pays invoice 1
invoice 1 is paid
run -> service 1 is active
gateway sends its hooks
run
payments of anna are 1
letters to anna: payment_received 1

story PAY-02 neither message nor return: the reconciliation asks within 15 minutes
plan web-s "Web S" prices 1m EUR 25.00
client anna in DE
anna orders web-s 1m anna.example
gateway holds its hooks
payer does not come back
anna pays invoice 1
schedule
invoice 1 is open
14 minutes later
schedule
invoice 1 is paid
queue
service 1 is active
gateway sends its hooks
queue
payments of anna are 1
letters to anna: payment_received 1
credit of anna is 0.00 EUR

story PAY-03 forged, stale and mismatched messages change nothing
no torture
plan web-s "Web S" prices 1m EUR 25.00
client anna in DE
client ben in DE
anna orders web-s 1m anna.example
ben orders web-s 1m ben.example -> invoice 2 open 25.00 EUR
run
anna starts paying invoice 1
hook unsigned for invoice 1 is answered 400
hook forged for invoice 1 is answered 400
hook stale for invoice 1 is answered 400
run
invoice 1 is open
payments of anna are 0
hook amount for invoice 1 is answered 422
hook currency for invoice 1 is answered 422
hook unknown for invoice 1 is answered 422
hook another for invoice 1 is answered 422
run
invoice 1 is open
payments of anna are 0
letters to anna: payment_received 0
service 1 is pending
hooks refused are 7
invoice 2 is open
letters to ben: payment_received 0
hooks failed are 0
gateway settles invoice 1
run -> invoice 1 is paid, service 1 is active

story PAY-04 mail down, panel down: the payment stands
plan web-s "Web S" prices 1m EUR 25.00
client anna in DE
anna orders web-s 1m anna.example
run
smtp refuses 451 for 3 letters
panel fault create error_500 2
anna pays invoice 1
run
invoice 1 is paid
payments of anna are 1
service 1 is provisioning
every 5 minutes until 2027-01-01
30 minutes later
run
30 minutes later
run
service 1 is active
letters queued are 0
letters to anna: payment_received 1, service_welcome 1
mailbox of anna is in order
panel has 1 accounts

story PAY-05 a refund that overtakes its payment ends as if in order
plan web-s "Web S" prices 1m EUR 25.00
client anna in DE
client ben in DE
anna orders web-s 1m anna.example
ben orders web-s 1m ben.example
run
gateway holds its hooks
payer does not come back
anna pays invoice 1
gateway refunds invoice 1
gateway sends its hooks newest first
run
2 minutes later
run
ben pays invoice 2
gateway refunds invoice 2
run
payment 1 is refunded
payment 2 is refunded
invoice 1 is credited
invoice 2 is credited
notes of anna are 1
notes of ben are 1
credit of anna is 0.00 EUR
credit of ben is 0.00 EUR

story REF-02 a dispute reopens the invoice, a won one closes it again
plan web-s "Web S" prices 1m EUR 25.00
client anna in DE
anna orders web-s 1m anna.example
anna pays invoice 1
run
gateway disputes invoice 1
run
payment 1 is disputed
invoice 1 has balance 25.00 EUR
alerts alert_payment 1
gateway restores invoice 1
gateway sends all hooks again
run
payment 1 is received
invoice 1 is paid
credit of anna is 0.00 EUR
service 1 is active

story PAY-06 credit comes from money once and pays by itself
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
credit of anna is 0.00 EUR
credit anna 15.00 EUR
credit of anna is 15.00 EUR
anna orders web-s 1m anna.example
run
invoice 1 is paid
credit of anna is 5.00 EUR
run 3 times
credit of anna is 5.00 EUR
service 1 is active
daily until 2027-01-20
invoice 2 has balance 5.00 EUR
credit of anna is 0.00 EUR
anna pays invoice 2
run
invoice 2 is paid
payments of anna are 1

story PAY-07 more money than is due becomes credit, never a second payment of a paid invoice
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
staff records 12.50 EUR for invoice 1 as REF-1
run
invoice 1 is paid
credit of anna is 2.50 EUR
staff records 10.00 EUR for invoice 1 as REF-2
run
credit of anna is 12.50 EUR
invoice 1 has balance 0.00 EUR
service 1 is active next due 2027-02-01
daily until 2027-01-19
invoice 2 is paid
credit of anna is 2.50 EUR
run -> service 1 is active next due 2027-03-01

story PAY-08 ten of credit pay one of two invoices
client anna in DE
setting billing.auto_credit 0
staff bills anna A 10.00 EUR
staff bills anna B 10.00 EUR
credit anna 10.00 EUR
anna uses credit for invoice 1
anna uses credit for invoice 2
invoice 1 is paid
invoice 2 has balance 10.00 EUR
credit of anna is 0.00 EUR
run

story INV-05 PAY-07 a provider renews by itself: an open invoice first, else the next term
no torture
setting billing.lead_days 7
plan vps "VPS" without panel prices 1m EUR 10.00
client anna in DE
on 2027-01-31
anna orders vps 1m
anna pays invoice 1 and later terms
queue
service 1 is active next due 2027-02-28
on 2027-02-10
gateway charges the next term
queue
invoices of anna are 2
invoice 2 is paid
service 1 is active next due 2027-03-31
payments of anna are 2
credit of anna is 0.00 EUR
on 2027-03-25
run
invoices of anna are 3
invoice 3 is open
gateway charges the next term
queue
gateway sends all hooks again
queue
invoice 3 is paid
payments of anna are 3
service 1 is active next due 2027-04-30
anna cancels service 1 now
run
service 1 is cancelled
gateway refuses the next term
