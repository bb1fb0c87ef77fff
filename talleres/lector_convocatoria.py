"""Lo que muestra la convocatoria de un encuentro: a quién, con qué estado y qué respondió."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from territorios.documentos import por_nivel
from territorios.models import Autoridad, Contacto, Gad, NombreInstitucion
from territorios.models.documento import oficina_de

from .calendario import lugar_de
from .models import Convocatoria, Encuentro, Respuesta

Sentido = Respuesta.Sentido
# Sin adivinar si es ella o él: quien convoca puede corregirlo.
TRATAMIENTOS = {
    Gad.Nivel.PROVINCIAL: "Señor/a Prefecto/a",
    Gad.Nivel.REGIMEN_ESPECIAL: "Señor/a Presidente/a",
    Gad.Nivel.MUNICIPAL: "Señor/a Alcalde/sa",
    Gad.Nivel.METROPOLITANO: "Señor/a Alcalde/sa",
    Gad.Nivel.PARROQUIAL: "Señor/a Presidente/a",
}
# Lo dice el cargo con que está registrada la autoridad, si está en femenino o en masculino.
TRATAMIENTOS_POR_CARGO = {
    "Prefecta": "Señora Prefecta",
    "Prefecto": "Señor Prefecto",
    "Alcaldesa": "Señora Alcaldesa",
    "Alcalde": "Señor Alcalde",
    "Presidenta": "Señora Presidenta",
    "Presidente": "Señor Presidente",
}


@dataclass
class Destinatario:
    """Un GAD convocado y su convocatoria, si la hay; `propuesta`: lo que se pondría en ella."""

    gad: Gad
    convocatoria: Convocatoria | None
    propuesta: dict

    @property
    def estado(self):
        return self.convocatoria.estado if self.convocatoria else Convocatoria.Estado.POR_ENVIAR

    @property
    def respuesta(self):
        return self.convocatoria and self.convocatoria.respuesta


def destinatarios_de(encuentro):
    """Los GAD convocados, de la provincia a la parroquia. Cuatro consultas más las de su estado."""
    emitidas = {una.gad_id: una for una in encuentro.convocatorias.con_estado()}
    gads = [gad for _, suyos in por_nivel(encuentro.gads_convocados.para_lista()) for gad in suyos]
    propuestas = _propuestas(encuentro, gads, emitidas)
    return [Destinatario(gad, emitidas.get(gad.pk), propuestas[gad.pk]) for gad in gads]


def por_emitir(encuentro, destinatarios):
    """Los que no tienen un oficio que valga, con la fecha que ahora tiene el encuentro."""
    return [
        uno
        for uno in destinatarios
        if uno.convocatoria is None or ya_no_vale(uno.convocatoria, encuentro)
    ]


def por_reenviar(encuentro, destinatarios):
    """Las convocatorias que todavía valen, tienen correo y no le llegaron a nadie."""
    emitidas = [uno.convocatoria for uno in destinatarios if uno.convocatoria]
    return [una for una in emitidas if una.falta_enviar and not ya_no_vale(una, encuentro)]


def ya_no_vale(convocatoria, encuentro):
    """Si hay que volver a convocar: quedó sin efecto o es de otra fecha."""
    return convocatoria.sin_efecto or es_de_otra_fecha(convocatoria, encuentro)


def es_de_otra_fecha(convocatoria, encuentro):
    return convocatoria.hechos.get("fecha") != encuentro.fecha.isoformat()


def _propuestas(encuentro, gads, emitidas):
    """{GAD: datos}. Manda lo que ya se corrigió, salvo que haya cambiado la autoridad."""
    del_dia = Autoridad.objects.filter(gad__in=gads).vigentes_en(encuentro.fecha)
    autoridades = {autoridad.gad_id: autoridad for autoridad in del_dia.order_by("desde")}
    correos = _correos(gads)
    return {
        gad.pk: _propuesta(gad, autoridades.get(gad.pk), correos.get(gad.pk, ""), emitidas)
        for gad in gads
    }


def _propuesta(gad, autoridad, correo, emitidas):
    nombre = autoridad.nombre if autoridad else ""
    anterior = emitidas.get(gad.pk)
    if anterior and anterior.destinatario == nombre:
        campos = ("tratamiento", "destinatario", "cargo", "correo")
        return {campo: getattr(anterior, campo) for campo in campos}
    cargo = autoridad.cargo if autoridad else gad.titulo_autoridad
    return {
        "tratamiento": TRATAMIENTOS_POR_CARGO.get(cargo, TRATAMIENTOS[gad.nivel]),
        "destinatario": nombre,
        "cargo": cargo,
        "correo": correo,
    }


def _correos(gads):
    """{GAD: correo} del contacto vigente, que consintió en que se lo use para convocar."""
    hoy = timezone.localdate()
    vigentes = Contacto.objects.filter(
        Q(desde__isnull=True) | Q(desde__lte=hoy),
        Q(hasta__isnull=True) | Q(hasta__gt=hoy),
        gad__in=gads,
        consentimiento_fecha__lte=hoy,
    ).exclude(correo="")
    return dict(vigentes.order_by("-desde", "-pk").values_list("gad", "correo"))


# --- Lo común a todos los oficios ---------------------------------------------------------------


def comun_propuesto(encuentro, usuario):
    """Asunto, texto y firma; ciudad y firma, las del último oficio de la misma oficina."""
    ultimo = Convocatoria.objects.filter(oficina=oficina_de(usuario)).order_by("-pk").first()
    firma = {
        "ciudad": usuario.zona.sede if usuario.zona_id else "",
        "firma": usuario.get_full_name(),
        "firma_cargo": usuario.cargo,
    }
    if ultimo:
        firma = {campo: getattr(ultimo, campo) for campo in firma}
    return {"asunto": _asunto(encuentro), "texto": _texto(encuentro)} | firma


def _asunto(encuentro):
    return f"Convocatoria al {encuentro.nombre_llano.removeprefix('el ')}"[:150]


def _texto(encuentro):
    que = {
        Encuentro.Tipo.M1: "al diálogo con su autoridad",
        Encuentro.Tipo.M2: "al diálogo con su autoridad",
        Encuentro.Tipo.M3: "al taller",
    }.get(encuentro.tipo, "al encuentro")
    return (
        f"En el marco de «{encuentro.estrategia.nombre}», que acompaña la actualización de los "
        "Planes de Desarrollo y Ordenamiento Territorial (PDOT), le convoco cordialmente "
        f"{que} «{encuentro.tema}».\n\n"
        "Le agradeceré confirmar su asistencia o indicar a quién delega."
    )


def institucion_en(fecha):
    """(nombre, siglas) de la institución ese día; vacíos si la central no lo cargó."""
    institucion = NombreInstitucion.objects.en(fecha)
    return (institucion.nombre, institucion.siglas) if institucion else ("", "")


def hechos_de(encuentro):
    """Lo que el oficio dice del encuentro, para que salga siempre igual."""
    return {
        "tema": encuentro.tema,
        "fecha": encuentro.fecha.isoformat(),
        "inicio": _hora(encuentro.inicio),
        "fin": _hora(encuentro.fin),
        "jornada": encuentro.get_jornada_display(),
        "lugar": lugar_de(encuentro),
        "modalidad": encuentro.get_modalidad_display(),
        "agenda": [
            [_hora(punto.inicio), _hora(punto.fin), punto.titulo]
            for punto in encuentro.agenda.all()
        ],
        "insumos": [_insumo(insumo) for insumo in encuentro.insumos.all()],
    }


def _insumo(insumo):
    return f"{insumo.texto} ({insumo.responsable})" if insumo.responsable else insumo.texto


def _hora(hora):
    return f"{hora:%H:%M}" if hora else ""


# --- Cuentas ------------------------------------------------------------------------------------


def en_cifras(encuentro, convocados):
    """La cuenta de respuestas para la ficha; vacía si falta convocar. `convocados`: con_respuesta.

    Al que se agregó después y no tiene oficio no se lo cuenta: nadie espera que responda.
    """
    con_oficio = [uno.sentido for uno in convocados if uno.se_convoco]
    return "" if encuentro.se_puede_convocar or not con_oficio else contar_respuestas(con_oficio)


def contar_respuestas(sentidos):
    """«12 asistirán · 2 delegan · 1 no · 6 sin responder», de lo último que dijo cada GAD."""
    cuenta = Counter(sentidos)
    asisten, delegan = cuenta[Sentido.ASISTE], cuenta[Sentido.DELEGA]
    partes = [
        f"{asisten} {'asistirá' if asisten == 1 else 'asistirán'}",
        f"{delegan} {'delega' if delegan == 1 else 'delegan'}",
        f"{cuenta[Sentido.NO_ASISTE]} no",
        f"{cuenta[None]} sin responder",
    ]
    return " · ".join(partes)
