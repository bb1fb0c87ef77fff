"""La visión circunvecina de un grupo: qué dice cada GAD, qué se parece y qué se confirmó.

Solo lectura. Los elementos salen de la última evaluación aprobada que quien entra puede ver, de las
fichas que dos cantones escribieron juntos y de los circunvecinos del grupo.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F, Q

from territorios.bitacora import cambios_de
from territorios.texto import cuantos, enumerar, sin_tildes

from .coherencia import aprobadas_de, miembros_de
from .models import ElementoVision, Pertenencia, TemaDeVision, VisionCircunvecina
from .similitud import UMBRAL, agrupar, partes

DE_TODO_EL_GRUPO = "Todo el grupo"
Estado = TemaDeVision.Estado


@dataclass(frozen=True)
class Pieza:
    """Una parte de un elemento, que es lo que se compara. `gads`: códigos; vacío, de todos."""

    clave: str
    elemento: int
    texto: str
    entero: str
    dudosa: bool
    gads: tuple[str, ...]

    @property
    def identidades(self):
        """(GAD o None, texto llano): así se reconoce en otra versión de la evaluación."""
        return {(gad, sin_tildes(self.texto)) for gad in self.gads or (None,)}

    @property
    def es_parte(self):
        return self.texto != self.entero


@dataclass
class Tema:
    """Un tema confirmado o uno propuesto, con lo que recoge y de quién."""

    nombre: str
    dichos: list = field(default_factory=list)
    tema: TemaDeVision | None = None
    gads: list = field(default_factory=list)

    @property
    def niveles(self):
        return len({gad.nivel for gad in self.gads})

    @property
    def claves(self):
        return [pieza.clave for _, _, pieza in self.dichos]


@dataclass
class Lectura:
    """Todo lo que la página necesita, ya contado."""

    grupo: object
    miembros: dict
    evaluaciones: dict
    piezas: list
    temas: list
    rechazados: list
    propuestas: list
    sueltas: list

    @cached_property
    def con_elementos(self):
        """Los miembros que dicen algo."""
        dicen = {gad for pieza in self.piezas for gad in pieza.gads}
        return [gad for codigo, gad in self.miembros.items() if codigo in dicen]

    @property
    def circunvecinos(self):
        """Los elementos de todo el grupo, enteros y sin repetir, con su tema si ya lo tienen."""
        donde = {
            sin_tildes(texto): tema.nombre
            for tema in self.temas
            for quien, texto, _ in tema.dichos
            if quien is None
        }
        enteros = {p.elemento: p for p in self.piezas if not p.gads}
        return [(p.entero, p.dudosa, donde.get(sin_tildes(p.texto))) for p in enteros.values()]

    def pieza(self, clave):
        return next((pieza for pieza in self.piezas if pieza.clave == clave), None)

    def de_quien(self, gads):
        """«Rioverde y Atacames», o «Todo el grupo»."""
        nombres = [self.miembros[codigo].nombre_con_lugar for codigo in gads]
        return enumerar(nombres) if nombres else DE_TODO_EL_GRUPO


# --- Leer ---------------------------------------------------------------------------------------


def leer_vision(grupo, usuario, umbral=UMBRAL):
    """La Lectura del grupo para `usuario`. Cuatro consultas, sean cuantos sean los miembros."""
    miembros = {gad.pk: gad for gad in miembros_de(grupo)}
    evaluaciones = aprobadas_de(miembros, usuario)
    piezas = _piezas(grupo, miembros, evaluaciones)
    confirmados, rechazados = _temas(grupo, miembros, piezas)
    sueltas = _sin_tema(piezas, confirmados)
    propuestas, solas = _proponer(sueltas, miembros, umbral, rechazados)
    return Lectura(
        grupo, miembros, evaluaciones, piezas, confirmados, rechazados, propuestas, solas
    )


def visiones_de(grupo):
    """[(versión del texto, [tema que recoge])], de la última a la primera. Una consulta.

    Trae una fila por versión y tema: son pocos, y de un tema solo se dice el nombre y el estado.
    """
    filas = grupo.visiones.select_related("encuentro").annotate(
        tema=F("temas"), tema_nombre=F("temas__nombre"), tema_estado=F("temas__estado")
    )
    visiones = {}
    for fila in filas.order_by("-numero", "temas__nombre"):
        _, temas = visiones.setdefault(fila.pk, (fila, []))
        if fila.tema:
            una = TemaDeVision(pk=fila.tema, nombre=fila.tema_nombre, estado=fila.tema_estado)
            temas.append(una)
    return list(visiones.values())


def elementos_de_grupo(grupo, evaluaciones):
    """[(fila, [códigos de GAD])] de los elementos del grupo y de esas evaluaciones. Una consulta.

    `evaluaciones`: clave de evaluación → código de GAD. La consulta trae una fila por elemento y
    GAD, porque una ficha puede ser de dos cantones; sin GAD, el elemento es de todo el grupo.
    """
    filas = ElementoVision.objects.filter(Q(grupo=grupo) | Q(evaluacion__in=list(evaluaciones)))
    campos = ("pk", "texto", "dudosa", "evaluacion", "gads", "gads__territorio__nombre")
    elementos = {}
    for fila in filas.order_by("evaluacion", "orden", "pk", "gads").values(*campos):
        codigo = evaluaciones.get(fila["evaluacion"]) or fila["gads"]
        _, gads = elementos.setdefault(fila["pk"], (fila, {}))
        if codigo:
            gads[codigo] = fila["gads__territorio__nombre"]
    return list(elementos.values())


def _piezas(grupo, miembros, evaluaciones):
    """Las partes de los elementos; de una ficha compartida, solo lo de quienes hoy son miembros."""
    gad_de = {evaluacion.pk: codigo for codigo, evaluacion in evaluaciones.items()}
    piezas = []
    for fila, duenios in elementos_de_grupo(grupo, gad_de):
        gads = tuple(codigo for codigo in duenios if codigo in miembros)
        if duenios and not gads:
            continue
        for lugar, parte in enumerate(partes(fila["texto"])):
            clave, texto = f"{fila['pk']}.{lugar}", parte[:1].upper() + parte[1:]
            piezas.append(Pieza(clave, fila["pk"], texto, fila["texto"], fila["dudosa"], gads))
    return piezas


def _temas(grupo, miembros, piezas):
    """(confirmados, de más a menos compartido; rechazados). Una consulta."""
    vigentes = TemaDeVision.VIGENTES
    dichas = Pertenencia.objects.filter(tema__grupo=grupo, tema__estado__in=vigentes)
    actuales = {uno: pieza for pieza in piezas for uno in pieza.identidades}
    por_tema = {}
    for dicha in dichas.select_related("tema", "gad__territorio__padre__padre"):
        tema = por_tema.setdefault(dicha.tema_id, Tema(dicha.tema.nombre, tema=dicha.tema))
        pieza = actuales.get((dicha.gad_id, sin_tildes(dicha.texto)))
        tema.dichos.append((dicha.gad, dicha.texto, pieza))
    for tema in por_tema.values():
        dicen = {gad.pk for gad, _, _ in tema.dichos if gad}
        tema.gads = [gad for codigo, gad in miembros.items() if codigo in dicen]
    en_orden = sorted(por_tema.values(), key=lambda t: (-len(t.gads), sin_tildes(t.nombre)))
    confirmados = [t for t in en_orden if t.tema.estado == Estado.CONFIRMADO]
    return confirmados, [t for t in en_orden if t.tema.estado == Estado.RECHAZADO]


def _identidades(tema):
    return {(gad and gad.pk, sin_tildes(texto)) for gad, texto, _ in tema.dichos}


def _sin_tema(piezas, confirmados):
    tomadas = set().union(*(_identidades(tema) for tema in confirmados))
    return [pieza for pieza in piezas if not pieza.identidades <= tomadas]


def sueltas_de(lectura):
    """Las piezas que no están en ningún tema confirmado, también las que se rechazaron."""
    return _sin_tema(lectura.piezas, lectura.temas)


# --- Proponer -----------------------------------------------------------------------------------


def _proponer(piezas, miembros, umbral, rechazados):
    """(temas propuestos, piezas que no se parecen a ninguna). Lo rechazado no vuelve.

    Un conjunto se calla si todo lo que dice se rechazó junto; si llega un elemento nuevo, es otra
    propuesta y vuelve a decidirse.
    """
    negados = [{texto for _, texto in _identidades(tema)} for tema in rechazados]
    propuestas, solas = [], []
    for indices in agrupar([pieza.texto for pieza in piezas], umbral):
        suyas = [piezas[indice] for indice in indices]
        dicho = {sin_tildes(pieza.texto) for pieza in suyas}
        if len(suyas) == 1 or any(dicho <= negado for negado in negados):
            solas += suyas
        else:
            propuestas.append(_como_tema(suyas, miembros))
    propuestas.sort(key=lambda tema: (-len(tema.gads), -len(tema.dichos), tema.nombre))
    return propuestas, solas


def _como_tema(piezas, miembros):
    dicen = {codigo for pieza in piezas for codigo in pieza.gads}
    gads = [gad for codigo, gad in miembros.items() if codigo in dicen]
    dichos = [(pieza.gads, pieza.texto, pieza) for pieza in piezas]
    return Tema(nombre_para(piezas), dichos, gads=gads)


def nombre_para(piezas):
    """El nombre que se ofrece: el del elemento circunvecino o, si no hay, el más dicho y corto."""
    comunes = [pieza.texto for pieza in piezas if not pieza.gads]
    textos = comunes or [pieza.texto for pieza in piezas]
    return min(textos, key=lambda texto: (-textos.count(texto), len(texto), texto))[:120]


def redactar(lectura):
    """Propuesta de texto a partir de los temas confirmados; vacía si no hay ninguno.

    Es un punto de partida que se corrige: no dice nada que no esté en los elementos, y termina
    diciendo de cuántos sale. Quién dijo cada cosa está en los temas, junto al texto.
    """
    if not lectura.temas:
        return ""
    lugares = enumerar(lectura.grupo.nombre.split(", "))
    nombres = _en_serie([_en_medio(tema.nombre) for tema in lectura.temas])
    dicen = [f"en {_en_medio(t.nombre)}, {suyo}" for t in lectura.temas if (suyo := _lo_demas(t))]
    parrafos = [
        f"El territorio de {lugares} comparte una visión: desarrollarse unido en torno a {nombres}."
    ]
    if dicen:
        todo = "; ".join(dicen)
        parrafos.append(f"En palabras de sus GAD: {todo}.")
    return "\n\n".join([*parrafos, _de_donde_sale(lectura)])[:4000]


def _lo_demas(tema):
    """Lo que el tema recoge además de su nombre: «turismo comunitario y turismo de playa»."""
    textos = {sin_tildes(texto): _en_medio(texto) for _, texto, _ in tema.dichos}
    textos.pop(sin_tildes(tema.nombre), None)
    return _en_serie(list(textos.values()))


def _en_serie(partes):
    """«a, b y c»; si alguna ya lleva una «y», «y también c»: que se sepa dónde acaba cada una."""
    if len(partes) < 2 or not any(re.search(r" [ye] |,", parte) for parte in partes):
        return enumerar(partes)
    return f"{', '.join(partes[:-1])}, y también {partes[-1]}"


def _de_donde_sale(lectura):
    temas = lectura.temas
    gads = {gad.pk for tema in temas for gad in tema.gads}
    del_grupo = any(quien is None for tema in temas for quien, _, _ in tema.dichos)
    confirmados = cuantos(len(temas), "tema confirmado", "temas confirmados")
    quienes = [f"{len(gads)} de los {len(lectura.miembros)} GAD del grupo"] if gads else []
    if del_grupo:
        quienes.append("los que anotó el grupo en conjunto")
    return f"Sale de {confirmados}, con los elementos de {enumerar(quienes)}."


def _en_medio(nombre):
    """«Turismo sustentable» → «turismo sustentable»; las siglas quedan como están."""
    return nombre if nombre[:2].isupper() else nombre[:1].lower() + nombre[1:]


def bitacora_de_vision(usuario, grupo):
    """Quién confirmó, cambió o retiró cada tema y cada versión del texto, y cuándo."""

    def nombrar(fila):
        if fila.instance_type is VisionCircunvecina:
            return f"la versión {fila.numero} de la visión"
        if fila.instance_type is Pertenencia:
            return f"«{fila.texto}» en un tema"
        return f"el tema «{fila.nombre}»"

    suyos = list(grupo.temas_de_vision.values_list("pk", flat=True))
    return cambios_de(
        usuario,
        TemaDeVision.historia.filter(grupo=grupo.pk),
        VisionCircunvecina.historia.filter(grupo=grupo.pk),
        hijas=[Pertenencia.historia.filter(tema__in=suyos)],
        nombrar=nombrar,
    )


def contado(tema, lectura):
    """«3 de 8 GAD con elementos, en 2 niveles»."""
    total, niveles = len(lectura.con_elementos), cuantos(tema.niveles, "nivel", "niveles")
    return f"{len(tema.gads)} de {total} GAD con elementos, en {niveles}"
