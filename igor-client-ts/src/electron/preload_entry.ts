// The preload that `startIgor` registers; bundled into one file of CommonJS, as a sandboxed preload has to be.

import { exposeIgor } from "./preload.js";

exposeIgor();
