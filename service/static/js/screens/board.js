// The task board: what is due when and who has it; the state of a task is changed on its card.

import { announce, empty, h, icon, toast } from "../dom.js";
import { call, explain, get } from "../api.js";
import { date, number, t } from "../i18n.js";
import { STATES, field, filters, keepQuery, later, select } from "../parts.js";

const MOST = 500;
const COLUMN = 20;

export async function boardScreen(root, { query, signal }) {
  const state = { by: query.get("by") || "due", status: query.get("status") || "active", assignee: query.get("assignee") || "" };
  const board = h("div", { class: "board" });
  const note = h("p", { class: "quiet small" });
  let tasks = [];

  const load = async () => {
    board.setAttribute("aria-busy", "true");
    try {
      tasks = [];
      const wanted = state.status === "active" ? ["open", "in_progress"] : state.status === "all" ? [null] : [state.status];
      let cut = false;
      for (const status of wanted) {
        const { data } = await get("/v1/tasks", { status, assignee: state.assignee, limit: MOST }, { signal });
        tasks.push(...data.items);
        cut ||= Boolean(data.next_cursor);
      }
      note.textContent = cut ? t("boardCut", { n: number(tasks.length) }) : "";
      draw();
    } catch (error) {
      if (!signal.aborted) board.replaceChildren(h("p", { class: "notice bad", role: "alert" }, explain(error)));
    }
    board.removeAttribute("aria-busy");
  };

  const draw = () => {
    keepQuery("/tasks", { by: state.by === "due" ? "" : state.by, status: state.status === "active" ? "" : state.status, assignee: state.assignee });
    if (!tasks.length) {
      board.replaceChildren(state.assignee || state.status !== "active"
        ? empty("tasks", t("noTaskFits"), t("noTaskFitsText"))
        : empty("tasks", t("noTasks"), t("noTasksText"), h("a", { class: "button primary", href: "#/" }, icon("upload"), t("addLetters"))));
      return;
    }
    board.replaceChildren(...columns(tasks, state.by).map(([title, list, kind]) => h("section", { class: `column ${kind || ""}${list.length ? "" : " bare"}`, "aria-label": title },
      h("h2", {}, title, " ", h("span", { class: "count" }, number(list.length))),
      list.length ? cards(list) : h("p", { class: "none" }, t("nothingHere")))));
  };

  /** A column shows its first tasks at once and the rest when asked: hundreds of cards would hide the next column. */
  const cards = (list) => {
    const shown = h("ul", {}, ...list.slice(0, COLUMN).map(card));
    if (list.length <= COLUMN) return shown;
    const more = h("button", { type: "button", class: "button compact", on: { click: () => { shown.append(...list.slice(COLUMN).map(card)); more.remove(); shown.children[COLUMN].querySelector("a").focus(); } } }, t("moreTasks", { n: number(list.length - COLUMN) }));
    return h("div", { class: "stack" }, shown, more);
  };

  const card = (task) => {
    const late = overdue(task);
    const box = h("li", { class: `task-card ${task.status}${late ? " late" : ""}` },
      h("p", { class: "card-text" }, task.text),
      h("div", { class: "tags" },
        task.deadline || task.deadline_text ? h("span", { class: late ? "tag due" : "tag", title: task.deadline_text || "" }, icon("clock"), task.deadline ? date(task.deadline) : task.deadline_text, late ? ` · ${t("late", { n: number(days(task.deadline)) })}` : "") : null,
        task.assignees.length ? h("span", { class: "tag" }, icon("person"), task.assignees.join("; ")) : null),
      h("div", { class: "bar" },
        h("a", { class: "grow small", href: `#/letters/${task.letter_id}` }, task.identifier || t("openLetter")),
        h("label", {}, h("span", { class: "visually-hidden" }, t("stateOf", { task: task.text.slice(0, 60) })),
          select("status", task.status, STATES.map((s) => [s, t(`state.${s}`)]), (event) => change(task, event.target.value)))));
    return box;
  };

  const change = async (task, status, undo = true) => {
    const before = task.status;
    try {
      const { data } = await call("PATCH", `/v1/tasks/${task.id}`, { json: { status } });
      Object.assign(task, data);
      const said = t("stateNow", { state: t(`state.${status}`) });
      if (undo) toast(said, [t("undo"), () => change(task, before, false)]); else announce(said);
    } catch (error) {
      toast(explain(error));
    }
    const focused = document.activeElement?.closest?.(".task-card");
    const at = focused ? [...board.querySelectorAll(".task-card")].indexOf(focused) : -1;
    draw();
    board.querySelectorAll(".task-card select")[at]?.focus();
  };

  const soon = later(load);
  root.append(
    h("div", { class: "bar" }, h("h1", { tabindex: "-1", class: "grow" }, t("tab.tasks")),
      h("div", { class: "toggle", role: "group", "aria-label": t("arrange") }, ...["due", "who", "state"].map((by) => h("button", { type: "button", "aria-pressed": String(state.by === by), on: { click: (event) => {
        state.by = by;
        for (const button of event.target.parentElement.children) button.setAttribute("aria-pressed", String(button === event.target));
        draw();
      } } }, t(`by.${by}`))))),
    filters(
      field(t("assigneeWord"), h("input", { type: "search", name: "assignee", value: state.assignee, on: { input: (event) => { state.assignee = event.target.value.trim(); soon(); } } })),
      field(t("state"), select("which", state.status, [["active", t("unfinished")], ...STATES.map((s) => [s, t(`state.${s}`)]), ["all", t("all")]], (event) => { state.status = event.target.value; load(); }))),
    note, board);
  await load();
}

const today = () => { const now = new Date(); return new Date(now.getFullYear(), now.getMonth(), now.getDate()); };
const days = (deadline) => Math.round((today() - new Date(`${deadline}T00:00`)) / 86_400_000);
const overdue = (task) => task.deadline && days(task.deadline) > 0 && (task.status === "open" || task.status === "in_progress");

/** [title, tasks, kind] of each column. */
function columns(tasks, by) {
  if (by === "state") return STATES.map((s) => [t(`state.${s}`), tasks.filter((task) => task.status === s)]).filter(([, list]) => list.length);
  if (by === "who") {
    const people = new Map();
    for (const task of tasks) for (const name of task.assignees.length ? task.assignees : [t("nobody")]) people.set(name, [...(people.get(name) || []), task]);
    return [...people].sort((a, b) => b[1].length - a[1].length).slice(0, 60);
  }
  const left = (task) => (task.deadline ? -days(task.deadline) : null);
  const within = (low, high) => tasks.filter((task) => left(task) !== null && left(task) >= low && left(task) < high);
  return [
    [t("due.late"), within(-Infinity, 0), "late"], [t("due.week"), within(0, 7)], [t("due.month"), within(7, 31)], [t("due.later"), within(31, Infinity)],
    [t("due.none"), tasks.filter((task) => left(task) === null)],
  ];
}
