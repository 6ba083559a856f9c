// The module for traces: a call says which trace of the page's it belongs to.


/** How one call is made, and which trace it belongs to. */
interface TracedOptions extends CallOptions {
  /** The `traceparent` of W3C Trace Context; the server takes one of another form for none. */
  traceparent?: string | undefined;
}

/** Knows the trace that a call of this action belongs to, if it belongs to one. */
type TraceOf = (action: string) => string | undefined;

/** What a client has whose calls say their trace. */
interface Traced {
  /**
   * Asks this function, from now on, for the `traceparent` of each call that is made without one, as it is made; it
   * takes the place of the one before.
   *
   * ```ts
   * igor.traceBy(() => {
   *   const carrier: { traceparent?: string } = {};
   *   propagation.inject(context.active(), carrier); // of @opentelemetry/api
   *   return carrier.traceparent;
   * });
   * ```
   */
  traceBy(traceOf: TraceOf): void;
}

/** Lets calls say their trace. It has to stand behind `exact`, whose data it writes behind. */
function traces(): Module {
  return ({ target, calls }) => {
    let traceOf: TraceOf = () => undefined;
    /** What stands behind the data of the call that is being opened. */
    let behind = "";

    const { write } = target;
    target.write = (data, action) => {
      const field = behind;
      const written = write(data, action);
      return field ? withBehind(written, field) : written;
    };
    const open = calls.open.bind(calls);
    calls.open = (kind, receiver, action, data, options: TracedOptions = {}) => {
      const { traceparent = asked(traceOf, action) } = options;
      // Whatever the data is may make a call of its own while it is written.
      const before = behind;
      behind = traceparent === undefined ? "" : `,"traceparent":${JSON.stringify(traceparent)}`;
      try {
        return open(kind, receiver, action, data, options);
      } finally {
        behind = before;
      }
    };
    const traced: Traced = { traceBy: (asks) => void (traceOf = asks) };
    return traced;
  };
}

/** No call fails by its trace. */
function asked(traceOf: TraceOf, action: string): string | undefined {
  try {
    return traceOf(action);
  } catch (error) {
    report(error);
    return undefined;
  }
}

/** Data with a field of its frame behind it; no data is `null`. */
function withBehind(written: Written = "null", field: string): Written {
  return typeof written === "string" ? written + field : written.map((text) => text + field);
}

export type { TracedOptions, TraceOf, Traced };
