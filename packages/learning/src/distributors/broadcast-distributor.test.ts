import { broadcastDistributor } from './broadcast-distributor.js';
import { distributorContract } from './contract.js';

distributorContract('broadcastDistributor', broadcastDistributor);
