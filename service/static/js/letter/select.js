// One value is active at a time, in the form and on the page alike.

const moves = window.matchMedia("(prefers-reduced-motion: reduce)");
export const smooth = () => (moves.matches ? "auto" : "smooth");

/** Elements that stand for a value carry data-place, or data-places when they stand for several. */
export class Selection {
  constructor() {
    this.active = null;
    this.roots = [];
  }

  /** `reveal(element)` brings an element of `root` into view. */
  join(root, reveal) {
    this.roots.push({ root, reveal });
    // pointing means that the pointer moved: scrolling under a resting pointer is none
    root.addEventListener("mousemove", (event) => { if (event.movementX || event.movementY) this.#from(event, root, false); });
    root.addEventListener("focusin", (event) => { if (event.target.matches(":focus-visible")) this.#from(event, root, true); });
    root.addEventListener("click", (event) => this.#from(event, root, true));
  }

  #from(event, root, go) {
    const element = event.target.closest("[data-place]");
    if (element) this.set(element.dataset.place, go ? root : null);
  }

  /** Mark the active value anew, after something was drawn. */
  again() {
    const path = this.active;
    this.active = null;
    if (path) this.set(path);
  }

  /** Make a value the active one; with `from`, what stands for it elsewhere is brought into view. */
  set(path, from = null) {
    if (path === this.active && !from) return;
    this.active = path;
    for (const { root, reveal } of this.roots) {
      for (const element of root.querySelectorAll(".active")) element.classList.remove("active");
      const stands = [...root.querySelectorAll(`[data-place="${CSS.escape(path)}"], [data-places~="${CSS.escape(path)}"]`)];
      for (const element of stands) element.classList.add("active");
      if (from && from !== root && stands.length) reveal(stands[0]);
    }
  }
}
