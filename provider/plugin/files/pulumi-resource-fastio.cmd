@echo off
setlocal
if not defined NODE_COMPILE_CACHE set "NODE_COMPILE_CACHE=%~dp0compile-cache"
node --max-semi-space-size=1 "%~dp0plugin.js" %*
