// A model over real HTTP that has nothing to say, and says it when it is let: what the editor shows meanwhile is tested.
import { createServer } from 'node:http';

const nothing = JSON.stringify({ step: { action: 'answer', claims: [], places: [], not_places: [], open: ['which columns the file has'] } });

/** Starts it; `allow` requests are answered at once, the others wait for `release`. */
export async function startModel() {
  const model = { asked: 0, keys: new Set(), allow: Infinity, waiting: [], url: '', stop: () => server.close() };
  model.release = () => {
    model.allow = Infinity;
    for (const answer of model.waiting.splice(0)) answer();
  };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      model.asked += 1;
      model.keys.add(request.headers.authorization ?? '');
      const answer = () => {
        const event = (more) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'patient', ...more })}\n\n`;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(event({ choices: [{ index: 0, delta: { role: 'assistant', content: nothing }, finish_reason: null }] }));
        response.write(event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
        response.write(event({ choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } }));
        response.end('data: [DONE]\n\n');
      };
      if (model.asked <= model.allow) answer();
      else model.waiting.push(answer);
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  model.url = `http://127.0.0.1:${server.address().port}/v1/`;
  return model;
}
