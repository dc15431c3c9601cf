# The panel: lost answers, outages, refusals; the five ways of paying.

story PROV-01 the answer to create is lost: the account is adopted
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
panel fault create lose_answer 1
anna pays invoice 1
run
2 minutes later
run
service 1 is active
panel has 1 accounts
panel account of service 1 is active
letters to anna: service_welcome 1
the welcome of service 1 opens its account

story PROV-02 six hours of errors: the client waits, staff hear once, then it completes
no torture
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
panel fault create error_500 1000
anna pays invoice 1
every 10 minutes until 2027-01-01
run
1 hours later
run
1 hours later
run
1 hours later
run
1 hours later
run
1 hours later
run
1 hours later
run
service 1 is provisioning
invoice 1 is paid
alerts alert_service 1
service 1 waits with 500
jobs parked are 0
panel fault create error_500 0
2 hours later
run
service 1 is active
alerts alert_service 1
panel has 1 accounts

story PROV-02 a panel that does not answer in time
no torture
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
panel fault create timeout 1
anna pays invoice 1
run
service 1 is provisioning
5 minutes later
run
service 1 is active
panel has 1 accounts

story PROV-03 a final refusal needs a person, who retries with one click
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
stranger takes anna.example
anna orders web-s 1m anna.example
anna pays invoice 1
run
service 1 is attention
service 1 waits with taken
alerts alert_service 1
2 hours later
run
service 1 is attention
events of service 1: attention 1
stranger leaves
staff tries service 1 again
run
service 1 is active
panel has 1 accounts
letters to anna: service_welcome 1

story PROV-04 gateway, staff, credit, transfer and nothing to pay activate alike
plan web-s "Web S" prices 1m EUR 10.00
plan free "Free" prices 1m EUR 0.00
client anna in DE
anna orders web-s 1m one.example
anna orders web-s 1m two.example
anna orders web-s 1m three.example
anna orders free 1m four.example
run
service 4 is active
anna pays invoice 1
staff records 10.00 EUR for invoice 2 as REF-2
credit anna 10.00 EUR
anna uses credit for invoice 3
run
service 1 is active
service 2 is active
service 3 is active
order 1 is done
order 2 is done
order 3 is done
order 4 is done
panel has 4 accounts
letters to anna: service_welcome 4
anna buys web-s 1m five.example
run
anna pays invoice 5 there
run -> service 5 is active
panel has 5 accounts

story PROV-07 nothing is sold twice under one name
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
expect 422: anna orders web-s 1m anna.example
expect 422: anna orders web-s 5m other.example
expect 422: anna orders web-s 1m "-bad-.example"
invoices of anna are 1
run

story SUS-02 a lost answer while suspending and lifting is settled by asking
ladder 1 overdue, 3 suspend
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
anna pays invoice 1
run
daily until 2027-02-03
panel fault suspend lose_answer 1
on 2027-02-04
run
2 minutes later
run
service 1 is suspended for debt
events of service 1: suspend 1
letters to anna: service_suspended 1
panel fault unsuspend lose_answer 1
anna pays invoice 2
run
2 minutes later
run
service 1 is active
site anna.example shows active
letters to anna: service_unsuspended 1

story staff suspend, lift and terminate by hand
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
anna pays invoice 1
run
staff suspends service 1
run -> service 1 is suspended
staff unsuspends service 1
run -> service 1 is active
expect 409: staff unsuspends service 1
staff terminates service 1
run -> service 1 is terminated
panel has 0 accounts

story PRO-04 the panel fails to change the plan: done once in the end, charged once
plan small "Small" prices 1m EUR 10.00
plan large "Large" prices 1m EUR 20.00
client anna in DE
on 2027-06-01
anna orders small 1m anna.example
anna pays invoice 1
run
on 2027-06-11
service 1 changes to {"plan":"large","when":"now"}
run
invoice 2 open 6.66 EUR
service 1 is active next due 2027-07-01
panel account of service 1 has package small
panel fault change_plan error_500 2
anna pays invoice 2
run
panel account of service 1 has package small
30 minutes later
run
30 minutes later
run
panel account of service 1 has package large
invoices of anna are 2
payments of anna are 2
credit of anna is 0.00 EUR
service 1 is active next due 2027-07-01

story a change for the end of the term: billed ahead at the new price, made on the panel on that day
setting billing.lead_days 14
plan small "Small" prices 1m EUR 10.00
plan large "Large" prices 1m EUR 20.00
client anna in DE
on 2027-06-01
anna orders large 1m anna.example
anna pays invoice 1
run
on 2027-06-11
service 1 changes to {"plan":"small","when":"end"}
on 2027-06-20
run
invoice 2 open 10.00 EUR
invoice 2 covers 2027-07-01 to 2027-08-01
panel account of service 1 has package large
anna pays invoice 2
run
on 2027-06-30
run
panel account of service 1 has package large
on 2027-07-01
run
panel account of service 1 has package small
invoices of anna are 2
notes of anna are 0
service 1 is active next due 2027-08-01
audit
