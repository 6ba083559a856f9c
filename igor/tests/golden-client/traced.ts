// What a page may write with a client whose calls say their trace, and what it may not.

import { connect } from "../../../target/tmp/traced-client/package";

export async function traced(traceparent: string | undefined): Promise<void> {
  const igor = connect();
  igor.traceBy((action) => (action.startsWith("chat.") ? traceparent : undefined));
  await igor.chat.say("lobby", "hello", { traceparent, timeoutMs: 1000 });
  await igor.table.fill("lines", [], null, { traceparent });
  for await (const line of igor.chat.history(1, [], null, null, { traceparent })) line.text.trim();
  // @ts-expect-error a trace is a text
  await igor.ping({ traceparent: 7 });
  // @ts-expect-error and so is what the function says
  igor.traceBy(() => 7);
}
