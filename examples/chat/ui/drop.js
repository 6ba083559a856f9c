// What comes from outside: files that are dropped, pasted or chosen.

import { element } from "./dom.js";

const target = element("room", HTMLElement);
const choose = element("attach", HTMLButtonElement);
const chosen = element("file", HTMLInputElement);

/**
 * Has every file taken that is brought to this page, and shows where it can be dropped.
 *
 * @param {(files: File[]) => void} take called with one or several
 */
export function takeFiles(take) {
  // Everywhere: a file that is dropped beside its target would be opened in place of the page.
  window.ondragover = (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    const isMeant = isOn(event.target);
    target.classList.toggle("is-target", isMeant);
    if (event.dataTransfer) event.dataTransfer.dropEffect = isMeant ? "copy" : "none";
  };
  window.ondragleave = (event) => {
    if (event.relatedTarget === null) target.classList.remove("is-target");
  };
  window.ondrop = (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    target.classList.remove("is-target");
    if (isOn(event.target)) offer(event.dataTransfer?.files);
  };
  target.onpaste = ({ clipboardData }) => {
    // Words that bring their picture along, as from a word processor, stay words.
    if (hasFiles(clipboardData) && !clipboardData?.types.includes("text/plain")) offer(clipboardData?.files);
  };
  choose.onclick = () => chosen.click();
  chosen.onchange = () => {
    offer(chosen.files);
    chosen.value = ""; // The same file may be chosen again.
  };

  /** @param {FileList | null | undefined} files */
  function offer(files) {
    if (files && files.length > 0) take([...files]);
  }
}

/** @param {DataTransfer | null} from */
function hasFiles(from) {
  return from?.types.includes("Files") ?? false;
}

/** @param {EventTarget | null} place */
function isOn(place) {
  return place instanceof Node && target.contains(place);
}
