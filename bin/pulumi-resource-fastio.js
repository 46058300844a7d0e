#!/usr/bin/env node
// The plugin as a command, for an engine that looks for it on PATH.
"use strict";

const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

const plugin = join(__dirname, "../dist/pulumi-resource-fastio");
// As the wrappers beside the bundle do; a Node that is too old has none, and is told so by the bundle.
enableCompileCache?.(join(plugin, "compile-cache"));
require(join(plugin, "plugin.js"));
