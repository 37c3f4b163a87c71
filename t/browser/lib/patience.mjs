/** ms that tests wait for something: only a test that fails waits so long. */
export const PATIENCE = 60000;
