// Reads schemas/asyncapi.json with the official parser, and holds every example against its schema.
//
//   node check-asyncapi.mjs FILE

import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";
import { Ajv } from "ajv";

const [file] = process.argv.slice(2);
const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"));

// 0 is an error and 1 a warning; what remains is advice.
const wrong = diagnostics
  .filter(({ severity }) => severity <= 1)
  .map(({ code, path, message }) => `${path.join("/")}: ${message} (${code})`);

// The parser takes the schemas for draft 07, which Ajv does too; it holds no examples against them.
const ajv = new Ajv({ strict: false, validateFormats: false });
const messages = document?.allMessages().all() ?? [];
let examples = 0;
for (const message of messages) {
  const fits = ajv.compile(message.payload().json());
  for (const example of message.examples().all()) {
    examples += 1;
    if (!fits(example.payload())) wrong.push(`${message.name()}: ${example.name()}: ${ajv.errorsText(fits.errors)}`);
  }
}

for (const line of wrong) console.error(line);
if (wrong.length > 0 || examples === 0) process.exit(1);
console.log(`accepted: ${messages.length} messages, ${examples} examples`);
