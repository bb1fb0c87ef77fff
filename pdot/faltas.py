"""Qué le falta a una evaluación para enviarse, y en qué lugar se completa."""

from dataclasses import dataclass

from .models import Respuesta, Seccion

Clase = Seccion.Clase


@dataclass(frozen=True)
class Falta:
    """Algo por completar: de qué (`nombre`), qué (`que`) y dónde (página y ancla)."""

    seccion: str
    ancla: str
    nombre: str
    que: str


def faltas_de(llenado):
    """Lista de Falta, en el orden del formulario."""
    propias = {
        Clase.PREGUNTAS: _de_preguntas,
        Clase.VINCULOS: _de_vinculos,
        Clase.INFORMACION: _de_informacion,
        Clase.VISION: _de_vision,
    }
    return [falta for parte in llenado.partes for falta in propias[parte.clase](llenado, parte)]


def _de_preguntas(llenado, parte):
    for pregunta, respuesta, _ in parte.filas:
        que = _de_pregunta(pregunta, respuesta)
        if que:
            yield Falta(parte.codigo, f"p-{pregunta.codigo}", str(pregunta), que)


def _de_pregunta(pregunta, respuesta):
    if not pregunta.esta_en(respuesta):
        pide = "marque SÍ, PARCIAL o NO" if pregunta.es_escala else "escriba una respuesta"
        return pide if pregunta.obligatoria else ""
    return _sin_justificar(respuesta.valor, respuesta.texto) if pregunta.es_escala else ""


def _sin_justificar(valor, texto):
    if valor in ("", Respuesta.Valor.SI) or texto.strip():
        return ""
    return f"justifique por qué respondió {Respuesta.Valor(valor).label}"


def _de_vinculos(llenado, parte):
    for par in llenado.pares:
        que = _de_par(par, parte.seccion.obligatoria)
        if que:
            nombre = f"Vínculo con {par.con.nombre_con_lugar}"
            yield Falta(parte.codigo, f"v-{par.con.pk}", nombre, que)


def _de_par(par, obligatoria):
    if not par.esta_respondido:
        return "marque SÍ, PARCIAL o NO" if obligatoria else ""
    return _sin_justificar(par.vinculo.valor, par.vinculo.justificacion)


def _de_informacion(llenado, parte):
    if parte.seccion.obligatoria and not parte.respondidas:
        que = "anote al menos un dato con que cuenta o que requiere"
        yield Falta(parte.codigo, "hoja", parte.titulo, que)


def _de_vision(llenado, parte):
    if parte.seccion.obligatoria and not parte.respondidas:
        que = "escriba al menos un elemento para la nueva visión"
        yield Falta(parte.codigo, "hoja", parte.titulo, que)
