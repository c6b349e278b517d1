// Uploads of many files: jobs, newest first, and one job with the progress of its files.

import { announce, empty, h, icon, toast } from "../dom.js";
import { call, explain, get, pause } from "../api.js";
import { moment, number, t } from "../i18n.js";
import { moreButton } from "../parts.js";

export async function jobsScreen(root, { signal }) {
  const { data } = await get("/v1/jobs", { limit: 50 }, { signal });
  root.append(h("div", { class: "bar" }, h("h1", { tabindex: "-1", class: "grow" }, t("jobsTitle")), h("a", { class: "button primary", href: "#/" }, icon("plus"), t("addLetters"))));
  if (!data.items.length) {
    root.append(empty("upload", t("noJobs"), t("noJobsText"), h("a", { class: "button", href: "#/" }, t("addLetters"))));
    return;
  }
  const list = h("ul", { class: "letters panel" }, ...data.items.map(jobRow));
  root.append(list, moreButton(data.next_cursor, async (cursor) => {
    const next = (await get("/v1/jobs", { limit: 50, cursor }, { signal })).data;
    list.append(...next.items.map(jobRow));
    return next.next_cursor;
  }));
}

const over = (p) => p.done + p.failed + p.cancelled;

function jobRow(job) {
  const { progress } = job;
  return h("li", {}, h("a", { class: "hit", href: `#/jobs/${job.id}` }, h("span", { class: "grow" },
    h("span", { class: "hit-title" }, t("jobOf", { n: number(progress.total) })), h("span", { class: "small quiet" }, ` ${moment(job.created_at)}`),
    h("span", { class: "tags" }, h("span", { class: job.finished_at ? "tag good" : "tag" }, t(`job.${job.state}`)), progress.failed ? h("span", { class: "tag low" }, icon("warn"), t("failedCount", { n: progress.failed })) : null)),
  h("span", { class: "small quiet" }, `${number(over(progress))}/${number(progress.total)}`)));
}

/** One job; asks again until it is over. */
export async function jobScreen(root, { match, signal }) {
  const id = match[0];
  const head = h("div", {}), meter = h("div", { class: "panel padded" }), files = h("ul", { class: "letters panel" }), more = h("div", {});
  let { data: job } = await get(`/v1/jobs/${id}`, { limit: 200 }, { signal });
  const act = async (verb) => {
    try {
      job = (await call("POST", `/v1/jobs/${id}/${verb}`)).data;
      draw();
      if (verb === "retry") follow();
    } catch (error) { toast(explain(error)); }
  };
  const draw = () => {
    const { progress } = job;
    head.replaceChildren(h("div", { class: "letter-head" },
      h("a", { class: "button plain iconic", href: "#/jobs", "aria-label": t("back"), title: t("back") }, icon("back")),
      h("div", { class: "grow" }, h("h1", { tabindex: "-1" }, t("jobOf", { n: number(progress.total) })), h("p", { class: "quiet small" }, `${t(`job.${job.state}`)} · ${moment(job.created_at)}`)),
      job.finished_at ? null : h("button", { type: "button", class: "button", on: { click: () => act("cancel") } }, t("cancelJob")),
      job.finished_at && (progress.failed || progress.cancelled) ? h("button", { type: "button", class: "button", on: { click: () => act("retry") } }, t("retryJob")) : null));
    meter.replaceChildren(h("progress", { max: progress.total, value: over(progress), "aria-label": t("progress") }),
      h("p", { class: "tags" }, ...["done", "running", "queued", "failed", "cancelled"].filter((s) => progress[s]).map((s) => h("span", { class: `tag ${{ done: "good", failed: "low" }[s] || ""}` }, `${t(`file.${s}`)}: ${number(progress[s])}`))));
    files.replaceChildren(...job.files.map(fileRow));
    more.replaceChildren(moreButton(job.next_cursor, async (cursor) => {
      const next = (await get(`/v1/jobs/${id}`, { limit: 200, cursor }, { signal })).data;
      files.append(...next.files.map(fileRow));
      return next.next_cursor;
    }));
  };
  const follow = async () => {
    try {
      while (!job.finished_at && !signal.aborted) {
        await pause(1000, signal);
        job = (await get(`/v1/jobs/${id}`, { limit: 200 }, { signal })).data;
        draw();
      }
      announce(t("jobOver", { done: job.progress.done, failed: job.progress.failed }));
    } catch (error) {
      if (!signal.aborted) toast(explain(error));
    }
  };
  root.append(head, meter, files, more);
  draw();
  if (!job.finished_at) follow();
}

function fileRow(file) {
  const side = { queued: icon("clock"), running: h("span", { class: "spin" }), done: icon("check"), failed: icon("warn"), cancelled: icon("close") }[file.state];
  const inside = [h("span", { class: "grow" }, h("span", { class: "hit-title" }, file.filename || file.sha256?.slice(0, 12) || ""),
    h("span", { class: "hit-subject" }, file.error ? t(`problem.${file.error.code}`) === `problem.${file.error.code}` ? `${file.error.message} ${file.error.remedy || ""}` : t(`problem.${file.error.code}`) : t(`file.${file.state}`))), side];
  return h("li", { class: file.state }, file.letter_id ? h("a", { class: "hit", href: `#/letters/${file.letter_id}` }, ...inside) : h("div", { class: "hit" }, ...inside));
}
