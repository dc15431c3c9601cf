# What is sold beside plain plans: options with prices, add-ons, bundles.

story options are billed with their service and change by the day
setting billing.lead_days 7
plan web-s "Web S" prices 1m EUR 10.00
option {"key":"disk","name":"Disk","kind":"quantity","unit":"GB","max":100,"step":10,"plans":"web-s","panel_key":"quota","prices":[{"cycle":"1m","currency":"EUR","price_minor":20}]}
option {"key":"backup","name":"Backup","kind":"yesno","plans":"web-s","prices":[{"cycle":"1m","currency":"EUR","price_minor":300,"setup_minor":100}]}
client anna in DE
on 2027-06-01
expect 422: anna orders items [{"plan":"web-s","cycle":"1m","domain":"anna.example","options":{"disk":15}}]
anna orders items [{"plan":"web-s","cycle":"1m","domain":"anna.example","options":{"disk":10}}]
invoice 1 lists Web S – anna.example 10.00, Disk: 10 GB – anna.example 2.00
anna pays invoice 1
run
service 1 has options disk=10
on 2027-06-11
service 1 changes to {"options":{"disk":40,"backup":true}} -> invoice 2 open 7.00 EUR
invoice 2 lists Change to Disk: 40 GB – anna.example 5.33, Unused time of Disk: 10 GB – anna.example -1.33, Backup – anna.example 2.00, Set-up of Backup 1.00
service 1 has options disk=10
anna pays invoice 2
run
service 1 has options disk=40 backup=yes
on 2027-06-25
run -> invoice 3 open 21.00 EUR
invoice 3 lists Web S – anna.example 10.00, Disk: 40 GB – anna.example 8.00, Backup – anna.example 3.00
anna pays invoice 3
run
on 2027-07-16
service 1 changes to {"options":{"disk":0}}
run
service 1 has options backup=yes
credit of anna is 4.13 EUR # 16 of 31 days of 8.00

story an add-on lives and ends with its service
setting billing.lead_days 7
setting billing.group 1
plan web-s "Web S" prices 1m EUR 10.00
addon {"key":"ssl","name":"SSL","panel":"","package":"","needs_domain":false,"addon_of":"web-s","addon_dates":"parent","prices":[{"cycle":"1m","currency":"EUR","price_minor":300}]}
client anna in DE
on 2027-06-01
expect 422: anna orders items [{"plan":"ssl","cycle":"1m"}]
anna orders items [{"plan":"web-s","cycle":"1m","domain":"anna.example"}]
anna pays invoice 1
run
on 2027-06-11
anna orders items [{"plan":"ssl","cycle":"1m","parent_id":1}] -> invoice 2 open 2.00 EUR
anna pays invoice 2
run -> service 2 is active next due 2027-07-01
on 2027-06-25
run -> invoice 3 open 13.00 EUR
invoice 3 lists Web S – anna.example 10.00, SSL 3.00
anna pays invoice 3
staff suspends service 1
run
service 2 is suspended
staff unsuspends service 1
run
service 2 is active
anna cancels service 1 now
run
service 1 is cancelled
service 2 is cancelled

story the discount of a bundle outlives the first year
setting billing.lead_days 7
plan web-s "Web S" without panel prices 1y EUR 100.00
plan mail "Mail" without panel prices 1y EUR 50.00
bundle {"key":"both","name":"Both","kind":"amount","amount_minor":1000,"currency":"EUR","on_cancel":"end","plans":[{"plan":"web-s","cycle":"1y"},{"plan":"mail","cycle":"1y"}]}
client anna in DE
on 2027-02-01
expect 422: anna orders items [{"plan":"mail","cycle":"1y","bundle":"both"}]
anna orders items [{"plan":"web-s","cycle":"1y","bundle":"both"},{"plan":"mail","cycle":"1y","bundle":"both"}]
invoice 1 open 140.00 EUR
anna pays invoice 1
run
on 2028-01-26
run
invoices of anna are 3
invoice 2 open 93.33 EUR
invoice 3 open 46.67 EUR
anna pays invoice 2
anna pays invoice 3
run
staff terminates service 2
run
service 2 is terminated
on 2029-01-26
run -> invoice 4 open 100.00 EUR
