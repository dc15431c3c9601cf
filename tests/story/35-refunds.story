# Money that goes back: by staff, at the provider, by a bank, always once; and money paid in advance.

story REF-01 two refunds of one payment, an answer lost on the way, no third
client anna in DE
staff bills anna Work 60.00 EUR
anna pays invoice 1
run
invoice 1 is paid
gateway fault lose_answer for refund
staff refunds 20.00 EUR of invoice 1 by gateway
run
130 seconds later
run
gateway has made 1 refunds
payment 1 is partly_refunded
staff refunds 40.00 EUR of invoice 1 by gateway
run
gateway has made 2 refunds
gateway sends its hooks
run
gateway sends all hooks again
run
payment 1 is refunded
invoice 1 is credited
expect 409 staff refunds 0.01 EUR of invoice 1 by gateway
notes of anna are 2
credit of anna is 0.00 EUR
gateway has made 2 refunds

story REF-01 REF-03 the message of our own refund comes before its answer
client anna in DE
staff bills anna Work 60.00 EUR
anna pays invoice 1
run
gateway fault lose_answer for refund
staff refunds 20.00 EUR of invoice 1 by gateway
run
gateway sends its hooks
queue
payment 1 is partly_refunded
130 seconds later
run
gateway has made 1 refunds
notes of anna are 1

story REF-03 a refund in the provider's own pages is booked the same way
client anna in DE
staff bills anna Work 60.00 EUR
anna pays invoice 1
run
gateway refunds invoice 1
run
gateway sends all hooks again
run
payment 1 is refunded
invoice 1 is credited
notes of anna are 1
credit of anna is 0.00 EUR

story REF-04 refunded to credit and by hand, no provider is asked
client anna in DE
staff bills anna Work 60.00 EUR
anna pays invoice 1
run
staff refunds 10.00 EUR of invoice 1 by credit
staff refunds 15.00 EUR of invoice 1 by offline
run
credit of anna is 10.00 EUR
notes of anna are 2
gateway has made 0 refunds
payment 1 is partly_refunded
invoice 1 is paid

story REF-02 a dispute suspends and reopens, won it is all as before
setting dispute.action suspend
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
run
anna pays invoice 1
run
site anna.example shows active
gateway disputes invoice 1
run
invoice 1 is open
service 1 is suspended for dispute
site anna.example shows suspended
gateway sends all hooks again
run
gateway restores invoice 1
run
gateway sends all hooks again
run
invoice 1 is paid
payment 1 is received
service 1 is active next due 2027-02-01
site anna.example shows active
credit of anna is 0.00 EUR

story REF-05 a direct debit that fails days later opens the invoice again and tells the client
plan web-s "Web S" prices 1m EUR 10.00
client anna in DE
anna orders web-s 1m anna.example
run
anna pays invoice 1
run
site anna.example shows active
daily until 2027-01-06
gateway bounces invoice 1
run
gateway sends all hooks again
run
payment 1 is failed
invoice 1 is open
letters to anna: payment_failed 1
service 1 is active
site anna.example shows active
daily until 2027-01-09
service 1 is active
anna pays invoice 1
run
invoice 1 is paid
service 1 is active next due 2027-02-01

story PAY-06 funds count when they are paid, once
setting funds.expire_days 40
client anna in DE
anna adds 25.00 to the credit
daily until 2027-01-31
invoice 1 is open
credit of anna is 0.00 EUR
letters to anna: invoice_overdue 0, invoice_reminder 0
anna pays invoice 1
gateway sends all hooks again
run
anna comes back from paying invoice 1
run
credit of anna is 25.00 EUR
invoice 1 is paid
staff bills anna Work 10.00 EUR
run
invoice 2 is paid
credit of anna is 15.00 EUR
