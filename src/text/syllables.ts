/** Syllables of Hanyu Pinyin, and common ones of Wade-Giles, Cantonese and Korean, as they make given names. */
const SYLLABLES = new Set(
  (
    'a ai an ang ao ba bai ban bang bao bei ben bi bian biao bin bing bo bu cai can cang cao ce cen chan chang chao che chen cheng chi chong chou chu chuan chuang chun ' +
    'cong cui da dai dan dang dao de deng di dian ding dong dou du duan dun duo en er fa fan fang fei fen feng fo fu ga gai gan gang gao ge gen geng gong gu guang gui guo ' +
    'ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun kai kan kang ke kong ku kuan ' +
    'kuang kui kun lai lan lang lao le lei li lian liang liao lin ling liu long lou lu luan lun luo lv ma mai man mao mei men meng mi mian miao min ming mo mu na nan ni nian ' +
    'ning niu nuo ou pan pei peng pi pin ping po pu qi qia qian qiang qiao qin qing qiong qiu qu quan que qun ran rao ren ri rong ru ruan rui run ruo sen sha shan shang shao ' +
    'she shen sheng shi shou shu shuai shuang shui shun shuo si song su sui sun suo ta tai tan tang tao teng ti tian ting tong tu wan wang wei wen wo wu xi xia xian xiang xiao ' +
    'xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yong you yu yuan yue yun ze zeng zha zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu zhuang zhuo zi zong zu zuo ' +
    'chia chih ching hsin hsiu hsuan hui jung kuo mei pei ping shih shu wen ya yi yu yueh kwok siu wai yuk ying chun fung kin lok man ming tak wing yee yin ' +
    'ah beom byung chan cheol chul do dong eun gi gyu ha hae hee ho hoon hwa hyang hye hyeon hyuk hyun hyung il in ja jae jee ji jin jong joo joon ju jun jung kwang kyu kyung kyun mi mi min ' +
    'myung nam rae sang seok seon seong seung shik si sik so soo sook soon soyeon su suk sun sung tae u uk um won woo wook woong yeol yeon yeong yong yoon young yu'
  ).split(' '),
);

const MAX_SYLLABLE = 6;

/** Whether a word is one or two syllables and nothing over: `Xiaoming`, `WEI`, `JIHOON`. */
export function isSyllabicName(word: string): boolean {
  if (word.length < 2 || word.length > 2 * MAX_SYLLABLE) return false;
  const lower = word.toLowerCase();
  if (SYLLABLES.has(lower)) return true;
  for (let cut = 1; cut < lower.length; cut++) if (SYLLABLES.has(lower.slice(0, cut)) && SYLLABLES.has(lower.slice(cut))) return true;
  return false;
}
