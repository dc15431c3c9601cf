# Who is billed, when, and that it happens once.

story INV-01 one renewal invoice however often the billing runs
setting billing.lead_days 14
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
on 2027-04-10
anna orders web-s 1m anna.example
anna pays invoice 1
run -> service 1 is active next due 2027-05-10
on 2027-04-26
run 25 times
run 25 times only billing
invoices of anna are 2
invoice 2 open 10.00 EUR
invoice 2 has 1 lines
invoice 2 covers 2027-05-10 to 2027-06-10
letters to anna: invoice_issued 2
on 2027-05-03
run 5 times
on 2027-05-09
run
run says billing: considered 1, done 0, skipped 1, failed 0
run lists skipped "already invoiced" for service 1
on 2027-05-10
run 5 times
invoices of anna are 2
letters to anna: invoice_issued 2
events of invoice 2: issue 1
periods of service 1 from 2027-04-10 to 2027-06-10 are 2

story INV-06 two callers void, credit or pay one invoice: one effect
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
run
void invoice 1
void invoice 1 by another caller
invoice 1 is credited
notes of anna are 1
note 1 over 10.00 EUR
credit of anna is 0.00 EUR
run
service 1 is pending
panel has 0 accounts
expect 409: anna pays invoice 1
anna orders web-s 1m second.example -> invoice 2 open 10.00 EUR
staff records 10.00 EUR for invoice 2 as REF-1
staff records 10.00 EUR for invoice 2 as REF-1
run
payments of invoice 2 are 1
invoice 2 is paid
credit of anna is 0.00 EUR
expect 409: staff records 5.00 EUR for invoice 2 as REF-1
letters to anna: payment_received 1, service_welcome 1
panel has 1 accounts

story DATE-01 a service of the 31st keeps its day for 60 months
setting billing.lead_days 7
plan vps "VPS" without panel prices 1m EUR 10.00
client anna in DE
credit anna 1000.00 EUR
on 2027-01-31
anna orders vps 1m
run -> invoice 1 is paid, service 1 is active next due 2027-02-28
every 3 days until 2031-12-27
periods of service 1 start 2027-01-31 2027-02-28 2027-03-31 2027-04-30 2027-05-31 2027-06-30
periods of service 1 from 2027-01-31 to 2032-01-31 are 60
invoices of anna are 60
invoice 14 covers 2028-02-29 to 2028-03-31
service 1 has anchor day 31
paid invoices of anna are 60

story DATE-02 a yearly service of 29 February returns to it
setting billing.lead_days 7
plan vps "VPS" without panel prices 1y EUR 100.00
client anna in DE
credit anna 1000.00 EUR
on 2028-02-29
anna orders vps 1y
run
on 2029-02-22
run
on 2030-02-22
run
on 2031-02-22
run
on 2032-02-23
run
periods of service 1 start 2028-02-29 2029-02-28 2030-02-28 2031-02-28 2032-02-29
periods of service 1 from 2028-02-29 to 2033-02-28 are 5

story DATE-03 quarters and halves keep the day wherever the month has it
setting billing.lead_days 7
plan vps "VPS" without panel prices 3m EUR 30.00, 6m EUR 60.00
client anna in DE
credit anna 2000.00 EUR
on 2027-08-31
anna orders vps 3m
anna orders vps 6m
run
on 2027-11-30
anna orders vps 3m
anna orders vps 6m
run
on 2027-12-31
anna orders vps 3m
anna orders vps 6m
run
every 7 days until 2028-12-30
periods of service 1 start 2027-08-31 2027-11-30 2028-02-29 2028-05-31 2028-08-31 2028-11-30
periods of service 2 start 2027-08-31 2028-02-29 2028-08-31
periods of service 3 start 2027-11-30 2028-02-29 2028-05-30 2028-08-30 2028-11-30
periods of service 4 start 2027-11-30 2028-05-30 2028-11-30
periods of service 5 start 2027-12-31 2028-03-31 2028-06-30 2028-09-30 2028-12-31
periods of service 6 start 2027-12-31 2028-06-30 2028-12-31

story DATE-04 paying early or late, suspension and lifting leave the anchor alone
setting billing.lead_days 14
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
on 2027-01-31
anna orders web-s 1m anna.example
anna pays invoice 1
run
on 2027-02-15
run
anna pays invoice 2
run -> service 1 is active next due 2027-03-31
daily until 2027-04-20
service 1 is suspended for debt
anna pays invoice 3
run -> service 1 is active next due 2027-04-30, service 1 has anchor day 31
daily until 2027-04-21
invoice 4 covers 2027-04-30 to 2027-05-31

story DATE-04 the other policy: who pays while suspended has a whole term from that day
setting billing.lead_days 14
setting billing.late_payment restart
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
on 2027-01-31
anna orders web-s 1m anna.example
anna pays invoice 1
run
on 2027-02-15
run
anna pays invoice 2
run -> service 1 is active next due 2027-03-31, service 1 has anchor day 31
daily until 2027-04-20
service 1 is suspended for debt
anna pays invoice 3
run -> service 1 is active next due 2027-05-20, service 1 has anchor day 20
invoice 4 has balance 0.00 EUR
invoice 4 covers 2027-04-30 to 2027-05-20
run
daily until 2027-05-10
invoice 5 covers 2027-05-20 to 2027-06-20
staff suspends service 1
run
staff unsuspends service 1
run -> service 1 is active next due 2027-05-20

story INV-03 cycles of all lengths make contiguous periods (sqlite)
no torture
setting billing.lead_days 14
plan vps "VPS" without panel prices 7d EUR 2.00, 1m EUR 10.00, 2m EUR 19.00, 3m EUR 28.00, 6m EUR 55.00, 1y EUR 100.00, 2y EUR 190.00, 3y EUR 270.00, once EUR 5.00
client anna in DE
credit anna 100000.00 EUR
on 2027-01-30
anna orders vps 7d + vps 1m + vps 2m + vps 3m + vps 6m + vps 1y + vps 2y + vps 3y + vps once
run
every 5 days until 2030-12-31
periods of service 1 from 2027-01-30 to 2031-01-18 are 207
periods of service 2 from 2027-01-30 to 2031-01-30 are 48
periods of service 3 from 2027-01-30 to 2031-01-30 are 24
periods of service 4 from 2027-01-30 to 2031-01-30 are 16
periods of service 5 from 2027-01-30 to 2031-01-30 are 8
periods of service 6 from 2027-01-30 to 2031-01-30 are 4
periods of service 7 from 2027-01-30 to 2031-01-30 are 2
periods of service 8 from 2027-01-30 to 2033-01-30 are 2
open invoices of anna are 0
events of service 1: suspend 0

story INV-07 after a standstill every missed period is billed once, none of it due in the past
setting billing.lead_days 7
plan vps "VPS" without panel prices 1m EUR 10.00
client anna in DE
on 2027-01-31
anna orders vps 1m
anna pays invoice 1
run
on 2027-05-05
run 3 times
periods of service 1 from 2027-01-31 to 2027-05-31 are 4
invoices of anna are 4
invoice 2 is due 2027-05-12
invoice 3 is due 2027-05-12
invoice 4 is due 2027-05-12
service 1 is active
alerts alert_catch_up 1

story INV-07 the other policy: one invoice for all that a standstill missed
setting billing.lead_days 7
setting billing.catch_up combined
setting billing.catch_up_days 5
plan vps "VPS" without panel prices 1m EUR 10.00
client anna in DE
on 2027-01-31
anna orders vps 1m
anna pays invoice 1
run
on 2027-05-05
dry run only billing
dry run tells invoice 1
run 3 times
periods of service 1 from 2027-01-31 to 2027-05-31 are 4
invoices of anna are 2
invoice 2 has 3 lines
invoice 2 is due 2027-05-10
alerts alert_catch_up 1
anna pays invoice 2
queue
service 1 is active next due 2027-05-31
daily until 2027-05-25
invoices of anna are 3
invoice 3 has 1 lines
invoice 3 is due 2027-05-31
alerts alert_catch_up 1

story INV-01 what is due on the same day stands on one invoice
setting billing.lead_days 7
setting billing.group 1
plan vps "VPS" without panel prices 1m EUR 10.00
plan box "Box" without panel prices 1y EUR 100.00
client anna in DE
client ben in DE
on 2027-01-31
anna orders vps 1m
ben orders vps 1m
anna orders vps 1m
anna orders box 1y
anna pays invoice 1
anna pays invoice 3
anna pays invoice 4
ben pays invoice 2
on 2027-02-10
anna orders vps 1m
anna pays invoice 5
daily until 2027-03-01
invoices of anna are 5
invoices of ben are 2
invoice 6 has 2 lines
invoice 6 is due 2027-02-28
invoice 6 has balance 20.00 EUR
anna pays invoice 6
queue
service 1 is active next due 2027-03-31
service 3 is active next due 2027-03-31
daily until 2027-03-09
invoices of anna are 6
invoice 8 has 1 lines

story INV-04 an issued invoice cannot be issued again
client anna in DE
staff bills anna "A talk" 25.00 EUR
expect 409: issue invoice 1
invoices of anna are 1
