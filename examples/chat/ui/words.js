// What goes wrong, in words for whoever reads the page.

import { IgorError } from "./igor-client.js";

/** @import { NameError, PictureError, RoomError, SayError } from "./igor-client.js" */

const MIB = 1024 * 1024;

/**
 * The errors that the actions declare: the compiler says when one has no words here.
 *
 * @param {NameError | PictureError | RoomError | SayError} error
 * @returns {string}
 */
export function declared(error) {
  switch (error.kind) {
    case "empty":
    case "nameless":
      return "A letter or two, please.";
    case "too_long":
      return `That is too long: ${error.limit} characters at most.`;
    case "too_many":
      return `There are ${error.limit} rooms already. Please take one of those.`;
    case "too_large":
      return `That picture is too large: ${error.limit / MIB} MiB at most.`;
    case "no_picture":
      return `Only pictures can be shown: ${error.kinds.join(", ").toUpperCase()}.`;
    case "unknown_picture":
      return "That picture has not arrived. Please try again.";
    case "outside":
      return `You are not in ${error.room} any more.`;
    case "unkept":
      return "It could not be kept. Please try again.";
  }
}

/**
 * Everything else that can happen to a call.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function unexpected(error) {
  if (!(error instanceof IgorError)) return "Something went wrong on this page.";
  switch (error.code) {
    case "session_lost":
      return "The connection was lost in the middle of it. Look whether it arrived before you try again.";
    case "overloaded":
      return "That was a little fast. Take a breath and try again.";
    case "contract_mismatch":
      return "The program has changed since this page was loaded. Please reload it.";
    case "internal":
      return "That failed on the other side; its log knows why.";
    default:
      return error.message;
  }
}
