/** Where a page finds the engine. Only pages that need it import this: a build without the module leaves those out. */
import moduleUrl from '../../wasm/dist/engine.wasm?url';
import { Engine, EngineError } from './engine';

export async function fetchEngine(): Promise<Engine> {
  let response: Response;
  try {
    response = await fetch(moduleUrl);
  } catch (error) {
    throw new EngineError('BAD_MODULE', `the engine could not be fetched: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!response.ok) throw new EngineError('BAD_MODULE', `the engine could not be fetched: the server answered ${response.status}`);
  return Engine.load(await response.arrayBuffer());
}
