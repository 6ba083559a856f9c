/** Lets calls say their trace. It has to stand behind `exact`, whose data it writes behind. */
function traces() {
    return ({ target, calls }) => {
        let traceOf = () => undefined;
        /** What stands behind the data of the call that is being opened. */
        let behind = "";
        const { write } = target;
        target.write = (data, action) => {
            const field = behind;
            const written = write(data, action);
            return field ? withBehind(written, field) : written;
        };
        const open = calls.open.bind(calls);
        calls.open = (kind, receiver, action, data, options = {}) => {
            const { traceparent = asked(traceOf, action) } = options;
            // Whatever the data is may make a call of its own while it is written.
            const before = behind;
            behind = traceparent === undefined ? "" : `,"traceparent":${JSON.stringify(traceparent)}`;
            try {
                return open(kind, receiver, action, data, options);
            }
            finally {
                behind = before;
            }
        };
        const traced = { traceBy: (asks) => void (traceOf = asks) };
        return traced;
    };
}
/** No call fails by its trace. */
function asked(traceOf, action) {
    try {
        return traceOf(action);
    }
    catch (error) {
        report(error);
        return undefined;
    }
}
/** Data with a field of its frame behind it; no data is `null`. */
function withBehind(written = "null", field) {
    return typeof written === "string" ? written + field : written.map((text) => text + field);
}
