# Hour by hour of 2027 in five zones: twelve invoices on the expected local days.

story TZ-01 a year hour by hour in Pacific/Kiritimati
no torture
setting company.zone Pacific/Kiritimati
setting billing.lead_days 0
plan vps "VPS" without panel prices 1m EUR 10.00
client anna in DE
at 2027-01-03T12:00:00Z
anna orders vps 1m
anna pays invoice 1
run
periods of service 1 start 2027-01-04
hours until 2028-01-03
the 13 invoices of service 1 are issued on their first days
periods of service 1 from 2027-01-04 to 2028-02-04 are 13

story TZ-01 a year hour by hour in Asia/Kolkata
no torture
setting company.zone Asia/Kolkata
setting billing.lead_days 0
plan vps "VPS" without panel prices 1m EUR 10.00
client anna in DE
at 2027-01-03T12:00:00Z
anna orders vps 1m
anna pays invoice 1
run
periods of service 1 start 2027-01-03
hours until 2028-01-03
the 13 invoices of service 1 are issued on their first days
periods of service 1 from 2027-01-03 to 2028-02-03 are 13

story TZ-01 a year hour by hour in Europe/Berlin
no torture
setting company.zone Europe/Berlin
setting billing.lead_days 0
plan vps "VPS" without panel prices 1m EUR 10.00
client anna in DE
at 2027-01-03T12:00:00Z
anna orders vps 1m
anna pays invoice 1
run
periods of service 1 start 2027-01-03
hours until 2028-01-03
the 13 invoices of service 1 are issued on their first days
periods of service 1 from 2027-01-03 to 2028-02-03 are 13

story TZ-01 a year hour by hour in America/Juneau
no torture
setting company.zone America/Juneau
setting billing.lead_days 0
plan vps "VPS" without panel prices 1m EUR 10.00
client anna in DE
at 2027-01-03T12:00:00Z
anna orders vps 1m
anna pays invoice 1
run
periods of service 1 start 2027-01-03
hours until 2028-01-03
the 13 invoices of service 1 are issued on their first days
periods of service 1 from 2027-01-03 to 2028-02-03 are 13

story TZ-01 a year hour by hour in Pacific/Pago_Pago
no torture
setting company.zone Pacific/Pago_Pago
setting billing.lead_days 0
plan vps "VPS" without panel prices 1m EUR 10.00
client anna in DE
at 2027-01-03T12:00:00Z
anna orders vps 1m
anna pays invoice 1
run
periods of service 1 start 2027-01-03
hours until 2028-01-03
the 13 invoices of service 1 are issued on their first days
periods of service 1 from 2027-01-03 to 2028-02-03 are 13
