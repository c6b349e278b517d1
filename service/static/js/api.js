// The service's HTTP API: keys, problems (RFC 9457) and entity tags, so that the screens only say what they want.

import { has, t } from "./i18n.js";

const KEEP = "congvan-key";
let asked = null;

/** The key lives in this tab only (sessionStorage) and goes out in a header, never in an address. */
export const key = {
  get: () => { try { return sessionStorage.getItem(KEEP) || ""; } catch { return ""; } },
  set: (value) => { try { if (value) sessionStorage.setItem(KEEP, value); else sessionStorage.removeItem(KEEP); } catch { /* without storage there is no key */ } },
};

/** `ask` opens the dialog for the key and resolves to true when there is one to try with. */
export function onKeyNeeded(ask) { asked = ask; }

export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.title || `HTTP ${status}`);
    this.status = status;
    this.code = body.code || "";
    this.title = body.title || "";
    this.detail = body.detail || "";
    this.errors = body.errors || [];
    this.requestId = body.request_id || "";
    this.retryAfter = retryAfter;
  }
}

/** What went wrong, and what to do, in the clerk's language. */
export function explain(error) {
  if (!(error instanceof Problem)) return error instanceof TypeError ? t("problem.offline") : String(error.message || error);
  if (has(`problem.${error.code}`)) return t(`problem.${error.code}`);
  if (has(`problem.${error.status}`)) return t(`problem.${error.status}`);
  return [error.title, error.detail !== error.title ? error.detail : ""].filter(Boolean).join(" ");
}

/** Call the API. Gives {data, etag, status, headers}; `data` is an object, or a Blob where `blob` is asked for. Throws Problem. */
export async function call(method, path, { json, body, blob = false, headers = {}, signal, query } = {}, again = true) {
  const send = { ...headers };
  if (key.get()) send.Authorization = `Bearer ${key.get()}`;
  if (json !== undefined) {
    send["Content-Type"] = "application/json";
    body = JSON.stringify(json);
  }
  const answer = await fetch(path + queryString(query), { method, body, headers: send, signal });
  if (answer.status === 401 && again && asked && await asked()) return call(method, path, { body, blob, headers: { ...headers, ...(json !== undefined ? { "Content-Type": "application/json" } : {}) }, signal, query }, false);
  if (!answer.ok) {
    let problem = {};
    try { problem = await answer.json(); } catch { /* a proxy's page, or nothing */ }
    throw new Problem(answer.status, problem, Number(answer.headers.get("Retry-After")) || null);
  }
  const data = answer.status === 204 ? null : blob ? await answer.blob() : await answer.json();
  return { data, etag: answer.headers.get("ETag"), status: answer.status, headers: answer.headers };
}

function queryString(query) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query || {})) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== "" && one !== null && one !== undefined && one !== false) search.append(name, one);
  }
  return search.size ? `?${search}` : "";
}

export const get = (path, query, options = {}) => call("GET", path, { query, ...options });

export function upload(path, files, options = {}, name = "file") {
  const body = new FormData();
  for (const file of files) body.append(name, file, file.name);
  return call("POST", path, { body, ...options });
}

export const pause = (ms, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});
