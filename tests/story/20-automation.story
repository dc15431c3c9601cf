# The scheduler: reminders once at any frequency, health and alarms, results per item; the dunning brakes.

story CRON-01 run every hour: each reminder and the late fee once
ladder -7 remind, -1 remind, 3 overdue, 7 overdue, 5 fee 10%
setting billing.lead_days 14
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
on 2027-01-31
anna orders web-s 1m anna.example
anna pays invoice 1
run
on 2027-02-14
run -> invoice 2 open 10.00 EUR
every 1 hours until 2027-03-14
letters to anna: invoice_issued 3, invoice_reminder 2, invoice_overdue 4 # of the fee too
invoices of anna are 3 # the first, its renewal, the fee; none of a fee
invoice 3 overdue 1.00 EUR
events of invoice 2: dunning 5
run

story CRON-01 run every 3 days: only the latest stage, no burst
ladder -7 remind, -1 remind, 3 overdue, 4 overdue, 5 fee 10%
setting billing.lead_days 14
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
on 2027-01-31
anna orders web-s 1m anna.example
anna pays invoice 1
run
on 2027-02-14
run
on 2027-02-27
run
letters to anna: invoice_reminder 1
on 2027-03-08
run
letters to anna: invoice_reminder 1, invoice_overdue 1 # of the second; the fee's own invoice is due at once
run 3 times
letters to anna: invoice_reminder 1, invoice_overdue 1
invoices of anna are 3

story CRON-01 every third day: each stage at most once, no burst
ladder -7 remind, -1 remind, 3 overdue, 7 overdue, 5 fee 10%
setting billing.lead_days 14
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
on 2027-01-31
anna orders web-s 1m anna.example
anna pays invoice 1
run
on 2027-02-14
run -> invoice 2 open 10.00 EUR
every 3 days until 2027-02-26
letters to anna: invoice_reminder 1, invoice_overdue 0
every 3 days until 2027-03-04
letters to anna: invoice_reminder 2, invoice_overdue 1
every 3 days until 2027-03-07
letters to anna: invoice_issued 3, invoice_reminder 2, invoice_overdue 2
invoice 3 open 1.00 EUR
invoices of anna are 3
events of invoice 2: dunning 5
run

story CRON-01 every minute for twenty days (sqlite)
ladder -7 remind, -1 remind, 3 overdue, 7 overdue, 5 fee 10%
setting billing.lead_days 14
setting billing.due_days 10
client anna in DE
no torture
staff bills anna "A talk" 25.00 EUR
every 1 minutes until 2027-01-21 only dunning
run
letters to anna: invoice_issued 2, invoice_reminder 2, invoice_overdue 3 # one of the fee
invoice 2 overdue 2.50 EUR
invoices of anna are 2
events of invoice 1: dunning 5

story CRON-01 every 15 minutes for twenty days
ladder -7 remind, -1 remind, 3 overdue, 7 overdue, 5 fee 10%
setting billing.lead_days 14
setting billing.due_days 10
client anna in DE
no torture
staff bills anna "A talk" 25.00 EUR
every 15 minutes until 2027-01-21 only dunning
run
letters to anna: invoice_issued 2, invoice_reminder 2, invoice_overdue 3 # one of the fee
invoice 2 overdue 2.50 EUR
invoices of anna are 2
events of invoice 1: dunning 5

story CRON-03 a standstill is seen by health and told once
no torture
run
health is ok
1 hours later
health is failing
schedule
5 minutes later
schedule
health is ok
6 hours later
health is failing
schedule
5 minutes later
schedule
5 minutes later
schedule
5 minutes later
schedule
health is ok
alerts alert_task 2 # one of each standstill
mailbox of alerts holds 2

story CRON-05 a run lists what it considered, did, skipped and why
no torture
setting billing.lead_days 14
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
on 2027-01-31
anna orders web-s 1m anna.example
anna pays invoice 1
run
on 2027-02-14
run
run says billing: state done, considered 1, done 1, skipped 0, failed 0, remaining 0
run lists done "" for service 1
API shows run of billing with 1 items
run
run says billing: considered 1, done 0, skipped 1
run lists skipped "already invoiced" for service 1

story TZ-03 an unknown time zone is refused with near matches
setting company.zone Europe/Berln is refused naming Europe/Berlin
setting company.zone GMT+7 is refused naming GMT
run

story SUS-01 paid or pending a second before: no suspension, no letter
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
client ben in DE
anna orders web-s 1m anna.example
ben orders web-s 1m ben.example
anna pays invoice 1
ben pays invoice 2
run
daily until 2027-02-10
at 2027-02-11T09:59:59Z
anna pays invoice 3
gateway takes days
ben pays invoice 4
1 seconds later
run
service 1 is active
service 2 is active
letters to anna: service_suspended 0
letters to ben: service_suspended 0
run lists skipped "being processed" for invoice 4
gateway settles invoice 4
run -> invoice 4 is paid
events of service 2: suspend 0

story SUS-02 every way of paying lifts the suspension; abuse stays
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
client ben in DE
client cleo in DE
client dora in DE
anna orders web-s 1m anna.example
ben orders web-s 1m ben.example
cleo orders web-s 1m cleo.example
dora orders web-s 1m dora.example
anna pays invoice 1
ben pays invoice 2
cleo pays invoice 3
dora pays invoice 4
run
daily until 2027-02-11
service 1 is suspended for debt
service 2 is suspended for debt
service 3 is suspended for debt
service 4 is suspended for debt
panel fault unsuspend error_500 1
anna pays invoice 5
staff records 10.00 EUR for invoice 6 as REF-6
credit cleo 10.00 EUR
cleo uses credit for invoice 7
void invoice 8
queue
60 seconds later
queue
service 1 is active
service 2 is active
service 3 is active
site anna.example shows active
site ben.example shows active
site cleo.example shows active
letters to anna: service_unsuspended 1
daily until 2027-02-16
invoice 9 covers 2027-02-01 to 2027-03-01
invoice 11 is open
staff suspends service 2 for abuse
run -> service 2 is suspended for abuse
ben pays invoice 11
run
service 2 is suspended for abuse
site ben.example shows suspended

story SUS-03 nobody is suspended who was not told
ladder 1 overdue, 3 suspend
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
client ben in DE
anna orders web-s 1m anna.example
ben orders web-s 1m ben.example
anna pays invoice 1
ben pays invoice 2
run
daily until 2027-01-20
letters to anna: invoice_issued 2
daily until 2027-02-01
smtp refuses 550 for 1 letters
on 2027-02-02
run only dunning
letters bounced are 1
daily until 2027-02-10
service 1 is active
service 2 is suspended
run lists skipped "bounced" for invoice 3
alerts alert_service 1
events of service 1: held 1, suspend 0

story SUS-03 no reminders, no suspension
ladder 3 suspend, 10 terminate
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
anna pays invoice 1
run
daily until 2027-03-20
service 1 is active
run lists skipped "not reminded" for invoice 2

story SUS-04 terminations stop at the cap; the dry run says what the run does
ladder 1 overdue, 3 suspend, 10 terminate
setting automation.terminate_max 1
setting automation.terminate_ppm 0
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m one.example + web-s 1m two.example
anna orders web-s 1m three.example
anna orders web-s 1m four.example
anna pays invoice 1
anna pays invoice 2
anna pays invoice 3
run
daily until 2027-02-10
service 1 is suspended for debt
service 4 is suspended for debt
on 2027-02-11
dry run only dunning
dry run tells terminate 4, suspend 0
run
run says dunning: failed 0
run lists skipped "the most terminations of one run" for invoice 5
panel has 3 accounts
run
panel has 2 accounts

story SUS-04 the cap is a share of what runs when that is more
ladder 1 overdue, 3 suspend, 10 terminate
setting automation.terminate_max 1
setting automation.terminate_ppm 30
plan web-s "Web S" prices 1m EUR 10.00
plan bare "Bare" without panel prices 1y EUR 1.00
client anna in DE
client ben in DE
anna orders web-s 1m one.example
anna orders web-s 1m two.example
anna orders web-s 1m three.example
anna pays invoice 1
anna pays invoice 2
anna pays invoice 3
credit ben 10.00 EUR
ben orders bare 1y
ben orders bare 1y
ben orders bare 1y
ben orders bare 1y
run
daily until 2027-02-10
service 1 is suspended for debt
service 3 is suspended for debt
on 2027-02-11
run
panel has 1 accounts
run lists skipped "the most terminations of one run" for invoice 10

story SUS-04 a hold and a reminder that never left stop a termination
ladder 1 overdue, 3 suspend, 10 terminate
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m one.example
anna pays invoice 1
run
daily until 2027-02-10
service 1 is suspended for debt
staff holds service 1 until 2027-03-01
daily until 2027-02-27
service 1 is suspended
on 2027-03-01
run
service 1 is terminated
site one.example shows nothing

story SUS-05 cancelled now: open invoices credited, account removed, client told
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
anna pays invoice 1
run
on 2027-01-20
run -> invoice 2 open 10.00 EUR
anna cancels service 1 now
run
service 1 is cancelled
invoice 2 is credited
notes of anna are 1
site anna.example shows nothing
letters to anna: service_cancelled 1
daily until 2027-03-15
invoices of anna are 2
letters to anna: invoice_overdue 0

story SUS-05 cancelled at the end: nothing before that day, and it can be taken back
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
anna pays invoice 1
run
on 2027-01-10
anna cancels service 1 at the end
run
service 1 is active next due 2027-02-01
anna keeps service 1
anna cancels service 1 at the end
daily until 2027-01-31
service 1 is active
invoices of anna are 1
site anna.example shows active
letters to anna: service_cancelled 0
daily until 2027-02-02
service 1 is cancelled
site anna.example shows nothing
letters to anna: service_cancelled 1
invoices of anna are 1

story SUS-08 a year's jump of the clock suspends nobody until staff confirm it
no torture
ladder 1 overdue, 3 suspend
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
anna pays invoice 1
run
daily until 2027-01-25
on 2028-01-25
run 3 times
service 1 is active
run lists skipped "the clock jumped" for invoice 2
on 2028-01-27
run
service 1 is active
setting automation.trust_clock 1
daily until 2028-01-30
service 1 is suspended for debt

story SUS-08 a year's jump terminates nobody either
no torture
ladder 1 overdue, 3 suspend, 20 terminate
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
anna pays invoice 1
run
daily until 2027-02-10
service 1 is suspended for debt
on 2028-02-10
run 3 times
service 1 is suspended for debt
run lists skipped "the clock jumped" for invoice 2
panel has 1 accounts
