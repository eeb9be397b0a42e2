var u=t=>Uint8Array.from(t.match(/../g)??[],e=>parseInt(e,16)),h=t=>Uint8Array.from(atob(t),e=>e.charCodeAt(0)),y=(t,e)=>t.length===e.length&&t.every((s,n)=>s===e[n]),m=(...t)=>Uint8Array.from(t.flatMap(e=>[...e])),b=async t=>new Uint8Array(await crypto.subtle.digest("SHA-256",t)),x=t=>b(m([0],t)),E=(t,e)=>b(m([1],t,e)),p=t=>new TextEncoder().encode(t);async function I(t,e,s,n){let a=[],[c,l]=[0,s];for(;l-c>1;){let i=1;for(;i*2<l-c;)i*=2;let r=e>=c+i;a.push(r),r?c+=i:l=c+i}if(e<0||e>=s||a.length!==n.length)return null;let o=t;for(let[i,r]of n.entries())o=a[a.length-1-i]?await E(r,o):await E(o,r);return o}async function k(t,e){let[s,n]=[t.slice(0,t.lastIndexOf(`

`)),t.slice(t.lastIndexOf(`

`)+2)],[,a,c]=s.split(`
`);for(let l of e){let[o,i]=l.split("+",2),r=h(l.slice(o.length+i.length+2));if(!(r[0]!==1||!y((await b(m(p(`${o}
`),r))).slice(0,4),u(i))))for(let w of n.split(`
`).filter(d=>d.startsWith(`— ${o} `))){let d=h(w.slice(w.lastIndexOf(" ")+1));if(!y(d.slice(0,4),u(i)))continue;let f=await crypto.subtle.importKey("raw",r.slice(1),{name:"Ed25519"},!1,["verify"]);if(await crypto.subtle.verify({name:"Ed25519"},f,d.slice(4),p(`${s}
`)))return{size:Number(a),root:h(c)}}}return null}async function $(t,e){let[s,n]=[t.slice(0,t.lastIndexOf(`

`)),t.slice(t.lastIndexOf(`

`)+2)],a=[];for(let c of e){let[l,o]=c.split("+",2),i=h(c.slice(l.length+o.length+2));if(i[0]!==4||!y((await b(m(p(`${l}
`),i))).slice(0,4),u(o)))return null;let r=n.split(`
`).filter(f=>f.startsWith(`— ${l} `)).map(f=>h(f.slice(f.lastIndexOf(" ")+1))).find(f=>y(f.slice(0,4),u(o)));if(!r)continue;if(r.length!==76)return null;let w=p(`cosignature/v1
time ${new DataView(r.buffer).getBigUint64(4)}
${s}
`),d=await crypto.subtle.importKey("raw",i.slice(1),{name:"Ed25519"},!1,["verify"]);if(!await crypto.subtle.verify({name:"Ed25519"},d,r.slice(12),w))return null;a.push(l)}return a}async function O(t){let e=await k(t.checkpoint,t.keys);if(!e)return"signature";if(!await $(t.checkpoint,t.witnesses??[]))return"witness";let s=h(t.leaf),n=await I(await x(s),t.index,e.size,t.hashes.map(u));if(e.size!==t.size||!n||!y(n,e.root))return"tree";if(!t.subject)return"";let{about:a}=JSON.parse(new TextDecoder().decode(s));if(typeof a=="string")return a===t.subject?"":"person";let c=await I(await x(u(t.subject)),t.place,a.n,t.others.map(u));return c&&y(c,u(a.root))?"":"person"}var g=globalThis.document?.getElementById("check-proof");if(g){let t=document.getElementById("proof-result");g.hidden=!1,g.addEventListener("click",async()=>{let e,s=[];try{let n=JSON.parse(g.dataset.proof);e=await O(n),e||(s=await $(n.checkpoint,n.witnesses??[]))}catch(n){e=n.name==="NotSupportedError"?"old":"tree"}t.dataset.state=e||"holds",t.textContent=t.dataset[e||"holds"],s.length&&(t.textContent+=` ${t.dataset.cosigned}${s.join(" · ")}`)})}export{$ as cosigners,O as fault,I as rootByPath,k as signedHead};
