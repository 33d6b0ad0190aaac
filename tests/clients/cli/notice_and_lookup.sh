#!/usr/bin/env bash
# A first conversation with the CAF Exchange, with the program `caf`.
#
#   notice_and_lookup.sh EXCHANGE AGENCY AUTHORITY
#
# EXCHANGE is the exchange.json that the operator gave you, AGENCY your agency's id in it, AUTHORITY the id of your
# council area. It says that a practitioner works for you, that you know an (invented) child, and that a CAF was
# started; each receipt is awaited; then it asks who works with the child.
set -euo pipefail

export CAF_EXCHANGE=$1
agency=$2 authority=$3
today=$(date --utc +%F)

# say TYPE [SUBJECT]: the data are read; it ends here unless the receipt says recorded, duplicate or held.
say() { caf send --as "$agency" --type "$1" ${2:+--subject "$2"} -; }

say practitioner.recorded <<END
{
  "practitionerId": "try-t-1", "name": "Nadia Penhallow", "job": "senco", "workPhone": "01632 960141",
  "check": {
    "kind": "enhanced-dbs", "checkedOn": "2025-03-03", "recheckPolicyMonths": 36,
    "vouchedBy": "Owen Tredinnick", "state": "held"
  },
  "state": "active", "authorities": ["$authority"], "happenedOn": "2025-09-01", "localRef": "try-t-1-entry"
}
END

# "synthetic" marks an invented child: real lookups never meet it.
say child.recorded local:try-c-1 <<END
{
  "names": {"given": ["Jory"], "family": "Trevanion"},
  "birth": {"date": "2018-05-14", "precision": "exact"},
  "gender": "not-known",
  "identifiers": [{"kind": "nhs-number", "value": "9990000018"}],
  "addresses": [{"kind": "home", "lines": ["1 Invented Row"], "postcode": "ZZ1 1ZZ", "showTo": "ordinary"}],
  "childState": "living", "authority": "$authority", "synthetic": true,
  "happenedOn": "$today", "localRef": "try-c-1-record"
}
END

say caf.started local:try-c-1 <<END
{
  "cafRef": "$agency/try-caf-1", "startedOn": "$today",
  "practitioner": {"id": "try-t-1", "roleInCase": "assessor"},
  "formMedium": "local-system", "electronicRecording": "agreed",
  "authority": "$authority", "localRef": "try-caf-1-start"
}
END

caf lookup --as "$agency" --practitioner try-t-1 --purpose avoid-duplicate-assessment \
  --nhs-number 9990000018 --synthetic
