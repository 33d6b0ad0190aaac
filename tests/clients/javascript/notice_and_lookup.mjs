// A first conversation with the CAF Exchange, in JavaScript with amqplib.
//
//   node notice_and_lookup.mjs EXCHANGE AGENCY AUTHORITY SCHEMAS
//
// EXCHANGE is the exchange.json that the operator gave you, AGENCY your agency's id in it, AUTHORITY the id of your
// council area, SCHEMAS the folder of the published schemas. It says that a practitioner works for you, that you know
// an (invented) child, and that a CAF was started; reads the three receipts; then asks who works with the child.

import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import amqp from "amqplib";

const [exchangeFile, agency, authority, schemaFolder] = process.argv.slice(2);
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
const exchange = readJson(exchangeFile);
const access = exchange.agencies[agency];
// The exchange checks the formats that Ajv does not know (check digits, the calendar).
const schemas = readdirSync(schemaFolder).map((name) => readJson(`${schemaFolder}/${name}`));
const ajv = new Ajv2020({ schemas, strict: false, validateFormats: false });
const now = new Date().toISOString();
const today = now.slice(0, 10);

// Your certificate is your login; only the exchange's own authority is trusted, and the host's name is checked.
function connect() {
  const { host, port, vhost } = exchange.amqps;
  const tls = {
    ca: readFileSync(exchange.caCertificate),
    cert: readFileSync(access.certificate),
    key: readFileSync(access.key),
    credentials: amqp.credentials.external(),
  };
  return amqp.connect({ protocol: "amqps", hostname: host, port, vhost }, tls);
}

// A UUID of version 7: the time in milliseconds, then random bits.
function newId() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

function message(kind, data, subject) {
  const envelope = { specversion: "1.0", id: newId(), source: agency, type: `uk.caf.${kind}.v1`, time: now };
  const whole = { ...envelope, ...(subject && { subject }), data };
  const fits = ajv.getSchema(`https://schemas.caf-exchange.example/v1/${kind}.v1.json`);
  if (!fits(whole)) throw new Error(`${kind}: ${ajv.errorsText(fits.errors)}`);
  return whole;
}

// Resolves when the broker has it; rejects when it does not take it. Then publish again, with the same id.
function publish(channel, whole) {
  const key = whole.type.replace(/^uk\.caf\./, "").replace(/\.v1$/, "");
  return new Promise((taken, refused) => {
    const properties = {
      contentType: "application/cloudevents+json", deliveryMode: 2, mandatory: true,
      messageId: whole.id, type: whole.type, userId: agency,
    };
    const body = Buffer.from(JSON.stringify(whole));
    channel.publish("in", `${agency}.${key}`, body, properties, (error) => {
      // What reached no queue comes back before it is confirmed.
      if (error || returned.has(whole.id)) refused(error ?? new Error(`${whole.type} reached no queue`));
      else taken();
    });
  });
}

// What answers these messages, by their ids. Everything read is acknowledged: store it first.
function replies(channel, queue, ids) {
  const found = new Map();
  return new Promise((all, late) => {
    const timer = setTimeout(() => late(new Error("not all replies came within 30 seconds")), 30_000);
    channel.consume(queue, (delivery) => {
      if (!delivery) return late(new Error("the queue is gone"));
      const reply = JSON.parse(delivery.content);
      found.set(reply.causationid, reply.data);
      channel.ack(delivery);
      if (!ids.every((id) => found.has(id))) return;
      clearTimeout(timer);
      all(ids.map((id) => found.get(id)));
    }).catch(late);
  });
}

const practitioner = message("practitioner.recorded", {
  practitionerId: "try-t-1", name: "Nadia Penhallow", job: "senco", workPhone: "01632 960141",
  check: { kind: "enhanced-dbs", checkedOn: "2025-03-03", recheckPolicyMonths: 36, vouchedBy: "Owen Tredinnick", state: "held" },
  state: "active", authorities: [authority], happenedOn: "2025-09-01", localRef: "try-t-1-entry",
});
const child = message("child.recorded", {
  names: { given: ["Jory"], family: "Trevanion" }, birth: { date: "2018-05-14", precision: "exact" },
  gender: "not-known", identifiers: [{ kind: "nhs-number", value: "9990000018" }],
  addresses: [{ kind: "home", lines: ["1 Invented Row"], postcode: "ZZ1 1ZZ", showTo: "ordinary" }],
  childState: "living", authority, happenedOn: today, localRef: "try-c-1-record",
  synthetic: true, // an invented child: real lookups never meet it
}, "local:try-c-1");
const started = message("caf.started", {
  cafRef: `${agency}/try-caf-1`, startedOn: today, practitioner: { id: "try-t-1", roleInCase: "assessor" },
  formMedium: "local-system", electronicRecording: "agreed", authority, localRef: "try-caf-1-start",
}, "local:try-c-1");
const lookup = message("index.looked-up", {
  purpose: "avoid-duplicate-assessment", practitioner: { id: "try-t-1" }, synthetic: true,
  by: { identifiers: [{ kind: "nhs-number", value: "9990000018" }] },
});

const connection = await connect();
const channel = await connection.createConfirmChannel();
const returned = new Set();
channel.on("return", ({ properties }) => returned.add(properties.messageId));

const statements = [practitioner, child, started];
await Promise.all(statements.map((statement) => publish(channel, statement)));
const receipts = await replies(channel, access.inbox, statements.map(({ id }) => id));
receipts.forEach(({ state, code, pointers }, n) => console.log(statements[n].type, state, code ?? "", pointers ?? ""));
let done = receipts.every(({ state }) => state === "recorded" || state === "duplicate");

if (done) {
  await publish(channel, lookup);
  const [answer] = await replies(channel, access.answers, [lookup.id]);
  console.log(JSON.stringify(answer, null, 2));
  done = "outcome" in answer; // otherwise a receipt came instead: see its code
}
await channel.close(); // the last acknowledgements have left
await connection.close();
process.exit(done ? 0 : 1);
