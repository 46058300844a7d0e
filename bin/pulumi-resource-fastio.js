#!/usr/bin/env node
// The plugin as a command, for an engine that looks for it on PATH.
"use strict";

require("../dist/pulumi-resource-fastio/plugin.js");
