export { didYouMean } from '../suggest.ts';
