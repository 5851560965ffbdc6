import { storeContract } from '../store-contract.ts';
import { temporaryStore } from './test-support/temporary-store.ts';

storeContract('the SQLite store', () => temporaryStore());
