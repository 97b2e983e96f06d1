// The life of an incident with the AWS SDK for JavaScript, printed as one JSON object.
// FAKEIM_NODE_MODULES is the folder in which @aws-sdk/client-ssm-incidents is installed;
// AWS_ENDPOINT_URL_SSM_INCIDENTS is where the fake is.

import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.FAKEIM_NODE_MODULES, "here.js"));
const sdk = require("@aws-sdk/client-ssm-incidents");

const client = new sdk.SSMIncidents({ maxAttempts: 1 });
const seen = {};

const plan = (await client.createResponsePlan({ name: "plan", incidentTemplate: { title: "title", impact: 1 } })).arn;
await client.tagResource({ resourceArn: plan, tags: { "a/b": "c d" } });
seen.tags = (await client.listTagsForResource({ resourceArn: plan })).tags;
await client.untagResource({ resourceArn: plan, tagKeys: ["a/b"] });
seen.tagsLeft = (await client.listTagsForResource({ resourceArn: plan })).tags;

const incident = (await client.startIncident({ responsePlanArn: plan })).incidentRecordArn;
const eventTime = new Date("2026-01-01T00:00:00.250Z");
for (let number = 0; number < 5; number += 1) {
  await client.createTimelineEvent({
    incidentRecordArn: incident,
    eventTime,
    eventType: "Note",
    eventData: JSON.stringify({ number }),
  });
}
seen.pages = [];
const notes = { incidentRecordArn: incident, filters: [{ key: "eventType", condition: { equals: { stringValues: ["Note"] } } }] };
for await (const page of sdk.paginateListTimelineEvents({ client, pageSize: 2 }, notes)) {
  seen.pages.push(page.eventSummaries.length);
  seen.eventTime = page.eventSummaries[0].eventTime;
}

const [replicationSet] = (await client.listReplicationSets({})).replicationSetArns;
const waited = await sdk.waitUntilWaitForReplicationSetActive({ client, maxWaitTime: 60 }, { arn: replicationSet });
seen.waited = waited.state;

await client.updateIncidentRecord({ arn: incident, status: "RESOLVED" });
const record = (await client.getIncidentRecord({ arn: incident })).incidentRecord;
seen.status = record.status;
seen.resolved = record.resolvedTime instanceof Date;
const deleted = await client.deleteIncidentRecord({ arn: incident });
seen.deleted = deleted.$metadata.httpStatusCode;

seen.errors = [];
const wrongs = [
  () => client.getIncidentRecord({ arn: incident }),
  () => client.getIncidentRecord({ arn: "nonsense" }),
  () => client.createResponsePlan({ name: "plan", incidentTemplate: { title: "other", impact: 1 } }),
];
for (const wrong of wrongs) {
  try {
    await wrong();
  } catch (error) {
    const known = error instanceof sdk[error.name];
    seen.errors.push([error.name, known, error.$metadata.httpStatusCode, error.resourceType ?? null]);
  }
}
console.log(JSON.stringify(seen));
