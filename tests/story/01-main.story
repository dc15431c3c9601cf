# From the order to the end, as clients live it. Every story starts on 2027-01-01T10:00:00Z with an empty company.

story MAIN order, payment, renewal, suspension, lifting, cancellation, termination
setting company.zone Europe/Berlin
setting billing.lead_days 14
plan web-s "Web S" prices 1m EUR 10.00, 1y EUR 100.00
tax DE 19%
client anna in DE
client ben in US
on 2027-01-31
anna orders web-s 1m anna.example -> order 1 pending, invoice 1 open 11.90 EUR, service 1 pending
run
letters to anna: order_received 1, invoice_issued 1, payment_received 0
site anna.example shows nothing
gateway declines
anna pays invoice 1
invoice 1 is open
anna pays invoice 1
invoice 1 is paid
run
service 1 is active next due 2027-02-28
order 1 is done
site anna.example shows active
letters to anna: payment_received 1, service_welcome 1
# the renewal, paid in time
on 2027-02-14
run -> invoice 2 open 11.90 EUR, invoice 2 covers 2027-02-28 to 2027-03-31, invoice 2 is due 2027-02-28
daily until 2027-02-21
letters to anna: invoice_reminder 1, invoice_overdue 0 # of invoice 2; of invoice 1 its own letter was the notice
anna pays invoice 2
run
service 1 is active next due 2027-03-31
# the next is forgotten: reminders, then the site is suspended
daily until 2027-03-31
invoice 3 is open
daily until 2027-04-09
letters to anna: invoice_reminder 2, invoice_overdue 3
service 1 is active
site anna.example shows active
on 2027-04-10
run
service 1 is suspended for debt
site anna.example shows suspended
letters to anna: invoice_overdue 3, service_suspended 1
# payment lifts it, with nobody's help and within the minute
anna pays invoice 3
60 seconds later
queue
service 1 is active next due 2027-04-30
site anna.example shows active
letters to anna: service_unsuspended 1
# cancelled at the end of what is paid
daily until 2027-04-17
anna pays invoice 4
run
service 1 is active next due 2027-05-31
anna cancels service 1 at the end
daily until 2027-05-30
service 1 is active
daily until 2027-06-01
service 1 is cancelled
site anna.example shows nothing
letters to anna: service_cancelled 1
invoices of anna are 4
open invoices of anna are 0
# an abandoned one is terminated
ben orders web-s 1m ben.example -> order 2 pending
run
ben pays invoice 5
run -> service 2 is active
site ben.example shows active
daily until 2027-08-11
service 2 is terminated
site ben.example shows nothing
letters to ben: service_suspended 1, service_terminated 1
panel has 0 accounts
jobs parked are 0
jobs waiting are 0
