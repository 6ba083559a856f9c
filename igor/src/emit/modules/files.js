/**
 * Sends something and waits for the answer. In a page it goes the old way, which alone tells how much was sent; but it
 * sends nothing to a scheme of an app's own, where all is told at the end.
 */
async function send(transfer) {
    const { XMLHttpRequest } = globalThis;
    const { url, body, onProgress } = transfer;
    const isWeb = /^http/.test(url.protocol);
    if (XMLHttpRequest && onProgress && isWeb)
        return sendByPage(new XMLHttpRequest(), transfer);
    // A `Blob` is in another process, from which an app's own scheme may not get it.
    const isThere = !isWeb && body instanceof globalThis.Blob;
    const response = await request(isThere ? { ...transfer, body: await body.arrayBuffer() } : transfer);
    const answered = { status: response.status, text: await response.text(), tag: response.headers.get("etag") };
    const totalBytes = sizeOf(body);
    if (response.ok)
        onProgress?.({ doneBytes: totalBytes, totalBytes });
    return answered;
}
/** Makes a request, and waits for the head of its answer. */
async function request({ method, url, headers, body, signal }) {
    try {
        return await fetch(url, { method, headers, body: body ?? null, signal: signal ?? null });
    }
    catch (error) {
        throw signal?.aborted ? cancelled() : unreachable(textOf(error));
    }
}
/** Reads the body of an answer to its end, and tells how far it is. */
async function read(response, { signal, onProgress }) {
    const length = response.headers.get("content-encoding") ? null : response.headers.get("content-length");
    const totalBytes = length === null ? undefined : Number(length);
    const chunks = []; // Of whose memory they are views the types of older browsers do not say.
    let doneBytes = 0;
    try {
        const reader = response.body?.getReader();
        for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
            chunks.push(read.value);
            doneBytes += read.value.length;
            onProgress?.({ doneBytes, totalBytes });
        }
    }
    catch (error) {
        throw signal?.aborted ? cancelled() : unreachable(textOf(error));
    }
    return new globalThis.Blob(chunks, { type: response.headers.get("content-type") ?? "" });
}
/** The error that an answer tells; none where it is a good one. */
function refusal(status, text) {
    if (status < 400)
        return undefined;
    const codes = {
        401: "unauthorized",
        403: "forbidden",
        408: "deadline_exceeded",
        413: "too_large",
        500: "internal",
        503: "overloaded",
    };
    return new IgorError(codes[status] ?? "action_failed", text || `the server answers ${status}`, { data: { status } });
}
function sizeOf(body = "") {
    if (typeof body === "string")
        return new TextEncoder().encode(body).length;
    return body instanceof globalThis.Blob ? body.size : body.byteLength;
}
function sendByPage(page, transfer) {
    const { method, url, headers, body, signal, onProgress } = transfer;
    const abort = () => page.abort();
    return new Promise((resolve, reject) => {
        page.open(method, url.href);
        for (const [name, value] of Object.entries(headers))
            page.setRequestHeader(name, value);
        page.upload.onprogress = ({ loaded, total }) => onProgress?.({ doneBytes: loaded, totalBytes: total });
        page.onload = () => resolve({ status: page.status, text: page.responseText, tag: page.getResponseHeader("etag") });
        page.onerror = () => reject(unreachable("the connection failed"));
        page.onabort = () => reject(cancelled());
        if (signal?.aborted)
            return reject(cancelled());
        signal?.addEventListener("abort", abort);
        page.send(body);
    }).finally(() => signal?.removeEventListener("abort", abort));
}
function cancelled() {
    return new IgorError("cancelled", "the transfer of a file was cancelled");
}
function unreachable(why) {
    return new IgorError("session_lost", `a file could not be transferred: ${why}`, { executed: "unknown" });
}
/** An hour. */
const linkLifeMs = 3_600_000;
/** Gives the client its `files`. */
function files() {
    return ({ target }) => {
        /** A request to the server, with the token that it has now. */
        const asked = async (path, method, more) => {
            const { url, token } = await target.address();
            if (more.signal?.aborted)
                throw new IgorError("cancelled", "the transfer of a file was cancelled");
            const headers = { ...more.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
            return { ...more, method, url: new URL(path, url.replace(/^ws/, "http")), headers };
        };
        const sent = async (path, method, more) => {
            const answered = await send(await asked(path, method, more));
            const error = refusal(answered.status, answered.text);
            if (error)
                throw error;
            return answered;
        };
        const made = {
            async url(mount, name, { lifeMs = linkLifeMs, signal } = {}) {
                const body = JSON.stringify({ mount, name, seconds: Math.ceil(lifeMs / 1000) });
                const { text } = await sent("/igor/link", "POST", { body, signal });
                const { url } = await target.address();
                return new URL(linkIn(text), url.replace(/^ws/, "http")).href;
            },
            async upload(mount, name, body, options = {}) {
                const { tag } = await sent(pathOf(mount, name), "PUT", { ...changing(options), body });
                return tag ?? "";
            },
            async download(mount, name, options = {}) {
                const response = await request(await asked(pathOf(mount, name), "GET", options));
                if (response.ok)
                    return read(response, options);
                throw refusal(response.status, await response.text()) ?? new IgorError("internal", "no file was sent");
            },
            async delete(mount, name, options = {}) {
                await sent(pathOf(mount, name), "DELETE", changing(options));
            },
        };
        return { files: made };
    };
}
function changing({ ifMatch, ifNoneMatch, signal, onProgress }) {
    const headers = {
        ...(ifMatch !== undefined && { "if-match": ifMatch }),
        ...(ifNoneMatch !== undefined && { "if-none-match": ifNoneMatch }),
    };
    return { headers, signal, onProgress };
}
/** The path of a file. A name may be somebody else's: what a URL would read as a way out of the mount is no file. */
function pathOf(mount, name) {
    const segments = name.split("/");
    if (!segments.some((segment) => segment === "." || segment === ".."))
        try {
            return `/files/${mount}/${segments.map(encodeURIComponent).join("/")}`;
        }
        catch {
            // It has half a character, which no path has.
        }
    throw new IgorError("action_failed", "there can be no file of this name", { data: { status: 404 } });
}
/** The link that the server made: a path of its files, and no address of another kind or place. */
function linkIn(text) {
    try {
        const { link } = JSON.parse(text);
        if (typeof link === "string" && link.startsWith("/files/"))
            return link;
    }
    catch {
        // What is not JSON has none.
    }
    throw new IgorError("bad_frame", "the server answers with no link to a file");
}
