"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.LegacyWalls = exports.stateJson = exports.smokeEntry = exports.projectileEntry = exports.playerPage = exports.playerEntry = exports.v2 = exports.hear = exports.acquaintance = exports.readPlayerInput = exports.InputTranslator = exports.HeatGauge = exports.toLegacy = exports.WallCatalogue = exports.destructionStats = exports.MapFileError = exports.GameStateSystem = void 0;
/**
 * Today's protocol over the engine: the class that the existing backend swaps in, and the shapes that it and the server
 * share. What players may know is the engine's to say; here it is put into the words of that protocol.
 */
var game_state_system_js_1 = require("./game-state-system.js");
Object.defineProperty(exports, "GameStateSystem", { enumerable: true, get: function () { return game_state_system_js_1.GameStateSystem; } });
var map_file_js_1 = require("./map-file.js");
Object.defineProperty(exports, "MapFileError", { enumerable: true, get: function () { return map_file_js_1.MapFileError; } });
var catalogue_js_1 = require("./catalogue.js");
Object.defineProperty(exports, "destructionStats", { enumerable: true, get: function () { return catalogue_js_1.destructionStats; } });
Object.defineProperty(exports, "WallCatalogue", { enumerable: true, get: function () { return catalogue_js_1.WallCatalogue; } });
var events_js_1 = require("./events.js");
Object.defineProperty(exports, "toLegacy", { enumerable: true, get: function () { return events_js_1.toLegacy; } });
var heat_gauge_js_1 = require("./heat-gauge.js");
Object.defineProperty(exports, "HeatGauge", { enumerable: true, get: function () { return heat_gauge_js_1.HeatGauge; } });
var input_js_1 = require("./input.js");
Object.defineProperty(exports, "InputTranslator", { enumerable: true, get: function () { return input_js_1.InputTranslator; } });
Object.defineProperty(exports, "readPlayerInput", { enumerable: true, get: function () { return input_js_1.readPlayerInput; } });
var knowledge_js_1 = require("./knowledge.js");
Object.defineProperty(exports, "acquaintance", { enumerable: true, get: function () { return knowledge_js_1.acquaintance; } });
Object.defineProperty(exports, "hear", { enumerable: true, get: function () { return knowledge_js_1.hear; } });
var numbers_js_1 = require("./numbers.js");
Object.defineProperty(exports, "v2", { enumerable: true, get: function () { return numbers_js_1.v2; } });
var state_js_1 = require("./state.js");
Object.defineProperty(exports, "playerEntry", { enumerable: true, get: function () { return state_js_1.playerEntry; } });
Object.defineProperty(exports, "playerPage", { enumerable: true, get: function () { return state_js_1.playerPage; } });
Object.defineProperty(exports, "projectileEntry", { enumerable: true, get: function () { return state_js_1.projectileEntry; } });
Object.defineProperty(exports, "smokeEntry", { enumerable: true, get: function () { return state_js_1.smokeEntry; } });
Object.defineProperty(exports, "stateJson", { enumerable: true, get: function () { return state_js_1.stateJson; } });
var walls_js_1 = require("./walls.js");
Object.defineProperty(exports, "LegacyWalls", { enumerable: true, get: function () { return walls_js_1.LegacyWalls; } });
