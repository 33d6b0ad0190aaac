"""A first conversation with the CAF Exchange, in Python with pika.

    python3 notice_and_lookup.py EXCHANGE AGENCY AUTHORITY SCHEMAS

EXCHANGE is the exchange.json that the operator gave you, AGENCY your agency's id in it, AUTHORITY the id of your
council area, SCHEMAS the folder of the published schemas. It says that a practitioner works for you, that you know
an (invented) child, and that a CAF was started; reads the three receipts; then asks who works with the child.
"""

import json
import pathlib
import secrets
import ssl
import sys
import time
import uuid
from datetime import datetime, timezone

import pika
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

exchange_file, agency, authority, schema_folder = sys.argv[1:]
exchange = json.loads(pathlib.Path(exchange_file).read_text())
access = exchange["agencies"][agency]
schemas = [json.loads(path.read_text()) for path in pathlib.Path(schema_folder).glob("*.json")]
registry = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)
now = datetime.now(timezone.utc)
today = now.date().isoformat()


def connect():
    """Your certificate is your login; only the exchange's own authority is trusted, and the host's name is checked."""
    tls = ssl.create_default_context(cafile=exchange["caCertificate"])
    tls.load_cert_chain(access["certificate"], access["key"])
    where = exchange["amqps"]
    return pika.BlockingConnection(pika.ConnectionParameters(
        host=where["host"], port=where["port"], virtual_host=where["vhost"],
        credentials=pika.credentials.ExternalCredentials(), ssl_options=pika.SSLOptions(tls, where["host"])))


def new_id():
    """A UUID of version 7: the time in milliseconds, then random bits."""
    bits = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return str(uuid.UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62))


def message(kind, data, subject=None):
    whole = {"specversion": "1.0", "id": new_id(), "source": agency, "type": f"uk.caf.{kind}.v1",
             "time": now.isoformat(timespec="seconds"), "data": data}
    if subject:
        whole["subject"] = subject
    schema = registry.contents(f"https://schemas.caf-exchange.example/v1/{kind}.v1.json")
    for error in Draft202012Validator(schema, registry=registry).iter_errors(whole):
        sys.exit(f"{kind}: {error.json_path} is not as the schema says")  # the error itself quotes the message
    return whole


def publish(channel, whole):
    """Returns when the broker has it; raises when it does not take it. Then publish again, with the same id."""
    key = whole["type"].removeprefix("uk.caf.").removesuffix(".v1")
    channel.basic_publish(
        exchange="in", routing_key=f"{agency}.{key}", body=json.dumps(whole).encode(), mandatory=True,
        properties=pika.BasicProperties(
            content_type="application/cloudevents+json", delivery_mode=2,
            message_id=whole["id"], type=whole["type"], user_id=agency))


def replies(channel, queue, ids):
    """What answers these messages, by their ids. Everything read is acknowledged: store it first."""
    found = {}
    for delivery, properties, body in channel.consume(queue, inactivity_timeout=30):
        if delivery is None:
            sys.exit(f"no reply within 30 seconds to: {set(ids) - set(found)}")
        reply = json.loads(body)
        found[reply.get("causationid")] = reply["data"]
        channel.basic_ack(delivery.delivery_tag)
        if set(ids) <= set(found):
            channel.cancel()
            return [found[id] for id in ids]


practitioner = message("practitioner.recorded", {
    "practitionerId": "try-t-1", "name": "Nadia Penhallow", "job": "senco", "workPhone": "01632 960141",
    "check": {"kind": "enhanced-dbs", "checkedOn": "2025-03-03", "recheckPolicyMonths": 36,
              "vouchedBy": "Owen Tredinnick", "state": "held"},
    "state": "active", "authorities": [authority], "happenedOn": "2025-09-01", "localRef": "try-t-1-entry"})
child = message("child.recorded", subject="local:try-c-1", data={
    "names": {"given": ["Jory"], "family": "Trevanion"}, "birth": {"date": "2018-05-14", "precision": "exact"},
    "gender": "not-known", "identifiers": [{"kind": "nhs-number", "value": "9990000018"}],
    "addresses": [{"kind": "home", "lines": ["1 Invented Row"], "postcode": "ZZ1 1ZZ", "showTo": "ordinary"}],
    "childState": "living", "authority": authority, "happenedOn": today, "localRef": "try-c-1-record",
    "synthetic": True})  # an invented child: real lookups never meet it
started = message("caf.started", subject="local:try-c-1", data={
    "cafRef": f"{agency}/try-caf-1", "startedOn": today,
    "practitioner": {"id": "try-t-1", "roleInCase": "assessor"}, "formMedium": "local-system",
    "electronicRecording": "agreed", "authority": authority, "localRef": "try-caf-1-start"})
lookup = message("index.looked-up", {
    "purpose": "avoid-duplicate-assessment", "practitioner": {"id": "try-t-1"}, "synthetic": True,
    "by": {"identifiers": [{"kind": "nhs-number", "value": "9990000018"}]}})

connection = connect()
channel = connection.channel()
channel.confirm_delivery()

statements = [practitioner, child, started]
for statement in statements:
    publish(channel, statement)
receipts = replies(channel, access["inbox"], [statement["id"] for statement in statements])
for statement, receipt in zip(statements, receipts):
    print(statement["type"], receipt["state"], receipt.get("code", ""), receipt.get("pointers", ""))
if any(receipt["state"] not in ("recorded", "duplicate") for receipt in receipts):
    sys.exit(1)

publish(channel, lookup)
[answer] = replies(channel, access["answers"], [lookup["id"]])
print(json.dumps(answer, indent=2))
connection.close()
sys.exit(0 if "outcome" in answer else 1)  # a receipt came instead: see its code
