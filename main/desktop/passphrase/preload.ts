import { contextBridge, ipcRenderer } from 'electron';
import { ANSWER_CHANNEL, QUESTION_CHANNEL } from '../channels.ts';
import type { PassphraseBridge, Question } from './question.ts';

/** All that the page of the passphrase window can reach. */
const bridge: PassphraseBridge = {
  onQuestion(listener) {
    ipcRenderer.on(QUESTION_CHANNEL, (_event, question: Question) => listener(question));
  },
  answer: (given) => ipcRenderer.send(ANSWER_CHANNEL, given),
};
contextBridge.exposeInMainWorld('reunionPassphrase', bridge);
