# Documents by hand: early renewals, corrections, items for later, quotes.

story INV-04 a term that is invoiced is not invoiced again
setting billing.lead_days 14
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
on 2027-04-10
anna orders web-s 1m anna.example
anna pays invoice 1
run -> service 1 is active next due 2027-05-10
on 2027-04-12
staff issues the next invoice of service 1
invoice 2 open 10.00 EUR
invoice 2 covers 2027-05-10 to 2027-06-10
expect 409: staff issues the next invoice of service 1
invoices of anna are 2
on 2027-05-01
run 5 times
invoices of anna are 2
run lists skipped "already invoiced" for service 1
periods of service 1 from 2027-04-10 to 2027-06-10 are 2
anna pays invoice 2
on 2027-05-12
anna renews service 1 early
anna renews service 1 early
invoices of anna are 3
anna pays invoice 3
run
expect 409: anna renews service 1 early
periods of service 1 from 2027-04-10 to 2027-07-10 are 3

story LAW-03 one of two items is cancelled, never edited
tax DE 19%
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
on 2027-04-10
anna orders web-s 1m anna.example
anna pays invoice 1
anna orders web-s 1m second.example
anna pays invoice 2
run
setting billing.group 1
on 2027-05-01
run
invoice 3 has 2 lines
invoice 3 has balance 23.80 EUR
staff records 5.00 EUR for invoice 3 as REF-1
staff cancels item 1 of invoice 3
invoice 3 is credited
invoice 3 has 2 lines
note 1 over 23.80 EUR
invoice 4 open 11.90 EUR
invoice 4 has 1 lines
invoice 4 has balance 6.90 EUR
credit of anna is 0.00 EUR
expect 409: staff cancels item 1 of invoice 3
anna pays invoice 4
run
periods of service 2 from 2027-04-10 to 2027-06-10 are 2
audit

story credit notes never above what was invoiced
tax DE 19%
client anna in DE
staff bills anna A 10.00 EUR
run
expect 409: staff credits 11.91 EUR of invoice 1
staff credits 1.90 EUR of invoice 1
invoice 1 has balance 10.00 EUR
expect 409: staff credits item 1 of invoice 1
staff corrects invoice 1 by 2.00 EUR
invoice 2 open 2.38 EUR
run
audit

story items written down are invoiced once
setting billing.lead_days 14
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
client ben in DE
on 2027-04-10
anna orders web-s 1m anna.example
anna pays invoice 1
run
staff writes down anna 7.00 EUR for later
staff writes down ben 3.00 EUR for 2027-04-20
daily until 2027-05-20
invoices of ben are 1
invoices of anna are 2
invoice 2 has balance 3.00 EUR
invoice 3 has balance 17.00 EUR
audit

story PRO-03 a quote holds while it is valid
plan web-s "Web S" without panel prices 1m EUR 10.00
client anna in DE
on 2027-04-10
staff quotes anna web-s 1m until 2027-04-20
staff quotes anna web-s 1m until 2027-04-15
run
letters to anna: quote_sent 2
on 2027-04-16
run
quote 2 is expired
expect 409: anna accepts quote 2
anna accepts quote 1
invoice 1 open 10.00 EUR
expect 409: anna accepts quote 1
expect 409: anna declines quote 1
anna pays invoice 1
run -> service 1 is active
alerts alert_quote 1
audit
