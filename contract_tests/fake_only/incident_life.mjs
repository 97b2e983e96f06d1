// The life of an incident with the AWS SDK for JavaScript, printed as one JSON object.
// FAKEIM_NODE_MODULES is the folder in which @aws-sdk/client-ssm-incidents is installed;
// AWS_ENDPOINT_URL_SSM_INCIDENTS is where the fake is.

import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.FAKEIM_NODE_MODULES, "here.js"));
const sdk = require("@aws-sdk/client-ssm-incidents");

const client = new sdk.SSMIncidents({ maxAttempts: 1 });
const often = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
const seen = {};

async function control(action, body) {
  const url = `${process.env.AWS_ENDPOINT_URL_SSM_INCIDENTS}/_fakeim/${action}`;
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}

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

// The waiter has something to wait for: the fake ends no change of the replication set by itself.
const [replicationSet] = (await client.listReplicationSets({})).replicationSetArns;
await control("transitions", { manual: true });
await client.updateReplicationSet({ arn: replicationSet, actions: [{ addRegionAction: { regionName: "us-west-2" } }] });
const waiting = sdk.waitUntilWaitForReplicationSetActive(often, { arn: replicationSet });
seen.updating = (await client.getReplicationSet({ arn: replicationSet })).replicationSet.status;
await control("transitions", { complete: true, immediate: true });
seen.waited = [(await waiting).state];

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
  () => client.createReplicationSet({ regions: { "us-east-1": {} } }),
];
for (const wrong of wrongs) {
  try {
    await wrong();
  } catch (error) {
    const known = error instanceof sdk[error.name];
    const { resourceType, resourceIdentifier, serviceCode, quotaCode } = error;
    const members = { resourceType, resourceIdentifier, serviceCode, quotaCode };
    seen.errors.push([error.name, known, error.$metadata.httpStatusCode, members]);
  }
}

await client.deleteReplicationSet({ arn: replicationSet });
seen.waited.push((await sdk.waitUntilWaitForReplicationSetDeleted(often, { arn: replicationSet })).state);
Object.assign(seen, { plan, incident, replicationSet });
console.log(JSON.stringify(seen));
