# Letters: the queue survives an outage, order is kept, the archive holds what was sent.

story MAIL-01 two hours without a mail server: delivered later, once, in order
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
smtp refuses 451 for 1000 letters
anna orders web-s 1m anna.example
anna pays invoice 1
run
every 20 minutes until 2027-01-01
1 hours later
run
1 hours later
run
mailbox of anna holds 0
letters sent are 0
smtp refuses 451 for 0 letters
2 hours later
run
1 hours later
run
letters queued are 0
letters to anna: order_received 1, invoice_issued 1, payment_received 1, service_welcome 1
mailbox of anna holds 4
mailbox of anna is in order
jobs parked are 0

story MAIL-01 a final refusal is a bounce
client anna in DE
smtp refuses 550 for 1 letters
staff bills anna A 10.00 EUR
run
letter 1 is bounced
run 3 times
letters bounced are 1
jobs waiting are 0

story MAIL-03 sender and headers
setting mail.from billing@host.example
setting mail.from_name "Host Billing"
setting mail.reply_to help@host.example
client anna in DE
staff bills anna A 10.00 EUR
run
letter 1 is sent
letter 1 has header "From: Host Billing <billing@host.example>"
letter 1 has header "Reply-To: help@host.example"
letter 1 has header "Message-Id: <"
letter 1 has header "Auto-Submitted: auto-generated"
letter 1 has header "To: "

story MAIL-04 what is sent again is what was sent
no torture
ladder 3 overdue
setting company.name "First Name"
client anna in DE
staff bills anna A 10.00 EUR
run
letter 1 was received 1 times
setting company.name "Second Name"
anna moves to "2 Other Road"
staff resends letter 1
run
letter 1 was received 2 times
mailbox of anna holds 2
