// The server's first frame, read with care: everything after it trusts what it says.

import { welcomeAction } from "./protocol.js";
import type { WelcomeData, WireFrame } from "./protocol.js";
import { checkField, checkFields, checkObject } from "./shape.js";

const welcomeKinds = {
  clientId: "string",
  session: "string",
  key: "string",
  epoch: "string",
  resumed: "boolean",
  received: "number",
  graceMs: "number",
  beatMs: "number",
};
const limitKinds = {
  messageBytes: "number",
  openCalls: "number",
  credit: "number",
  ringFrames: "number",
  ringBytes: "number",
};

/** Reads a welcome. Throws `bad_frame` for another frame, and for a welcome that lacks something. */
export function readWelcome({ action, data }: WireFrame): WelcomeData {
  checkFields(action === welcomeAction && data, welcomeKinds, "the welcome");
  const welcome = data as WelcomeData;
  checkField("the welcome", "string", "reason", welcome.reason);
  checkFields(welcome.limits, limitKinds, "`limits` of the welcome");
  if (typeof welcome.contract !== "string")
    checkObject(welcome.contract?.names, "`contract` of the welcome");
  return welcome;
}
