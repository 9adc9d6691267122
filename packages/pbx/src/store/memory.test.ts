import { bindingsConformance, historyConformance } from "./conformance.ts";
import { memoryBindings, memoryHistory } from "./memory.ts";

bindingsConformance("memory", memoryBindings);
historyConformance("memory", memoryHistory);
