// What every Node process of the engine loads first: it ends with the engine, and keeps what it compiles.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGKILL"), 200).unref();
process.getBuiltinModule("node:module").enableCompileCache();
