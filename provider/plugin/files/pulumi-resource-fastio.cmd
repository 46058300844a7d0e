@echo off
node --max-semi-space-size=1 "%~dp0plugin.js" %*
