"""Documentos de la asistencia: hoja para firmar, cartel del QR, nómina y certificados."""

from dataclasses import dataclass

import segno
from django.utils import timezone

from territorios.documentos import logotipos_en, nombre_de_pdf, por_nivel
from territorios.emision import Pliego
from territorios.models import Autoridad, Gad, Logotipo, NombreInstitucion
from territorios.texto import cuantos

from .asistencia import contar
from .models import Certificado, Encuentro, Participante, Respuesta, TextoConsentimiento

# --- La hoja para firmar ------------------------------------------------------------------------

# Para quien llega sin estar en la lista.
FILAS_VACIAS = 15


@dataclass
class Esperada:
    """Una fila ya impresa: el GAD convocado y, si se sabe, quién viene por él."""

    gad: Gad
    nombre: str = ""
    cargo: str = ""


def hoja_de_asistencia(encuentro):
    """El Pliego de la hoja para firmar, apaisada: por nivel, una fila por GAD convocado, y vacías.

    El encabezado de la tabla y el consentimiento se repiten en cada página. El membrete es el de
    la institución en la fecha del encuentro; el texto, el vigente ese día.
    """
    esperadas = por_nivel(esperadas_de(encuentro), lambda fila: fila.gad)
    contexto = {
        "encuentro": encuentro,
        "fecha": encuentro.fecha,
        "niveles": esperadas,
        "cuantas": sum(len(filas) for _, filas in esperadas),
        "vacias": range(FILAS_VACIAS),
        "consentimiento": TextoConsentimiento.objects.en(encuentro.fecha),
    }
    return Pliego(
        "talleres/documentos/hoja_de_asistencia.html",
        contexto,
        titulo=_titulo(encuentro),
        clase="Hoja de asistencia",
        clave=f"hoja:{encuentro.pk}",
        nombre=nombre_de_la_hoja(encuentro),
        conserva=False,
        numera=False,
    )


def nombre_de_la_hoja(encuentro):
    return nombre_de_pdf("Hoja de asistencia", encuentro.lugar, encuentro.fecha.isoformat())


def _titulo(encuentro):
    return f"Registro de asistencia · {encuentro.lugar}, {encuentro.fecha:%d/%m/%Y}"


def esperadas_de(encuentro):
    """Una Esperada por GAD convocado: quien respondió que va o, si no, la autoridad convocada."""
    gads = list(encuentro.gads_convocados.para_lista())
    autoridades = _autoridades(encuentro, gads)
    oficios = {oficio.gad_id: oficio for oficio in encuentro.convocatorias.con_estado()}
    return [_esperada(gad, oficios.get(gad.pk), autoridades.get(gad.pk)) for gad in gads]


def _esperada(gad, oficio, autoridad):
    respuesta = oficio.respuesta if oficio else None
    if respuesta and respuesta.sentido == Respuesta.Sentido.DELEGA:
        return Esperada(gad, respuesta.delegado, respuesta.delegado_cargo)
    if respuesta and respuesta.sentido == Respuesta.Sentido.ASISTE:
        return Esperada(gad, oficio.destinatario, oficio.cargo)
    return Esperada(gad, autoridad.nombre, autoridad.cargo) if autoridad else Esperada(gad)


def _autoridades(encuentro, gads):
    """{código: Autoridad} de los GAD cuya máxima autoridad asiste en persona."""
    suyos = [gad.pk for gad in gads if viene_la_autoridad(encuentro, gad)]
    vigentes = Autoridad.objects.filter(gad__in=suyos).vigentes_en(encuentro.fecha)
    return {autoridad.gad_id: autoridad for autoridad in vigentes}


def viene_la_autoridad(encuentro, gad):
    """A los diálogos van prefectos/as y alcaldes/as; a la tarde del taller, presidentes/as."""
    if encuentro.tipo in (Encuentro.Tipo.M1, Encuentro.Tipo.M2):
        return True
    es_tarde = encuentro.jornada == Encuentro.Jornada.TARDE
    return encuentro.tipo == Encuentro.Tipo.M3 and es_tarde and gad.nivel in Gad.PARROQUIALES


# --- El cartel de la puerta ---------------------------------------------------------------------


def qr_de(direccion):
    """El QR como imagen SVG en línea; la corrección media aguanta un cartel mal impreso."""
    return segno.make_qr(direccion, error="m").svg_data_uri(scale=8, border=2)


def cartel_de_la_puerta(encuentro, direccion):
    """El Pliego de una página con el QR y la dirección, para pegar en la puerta."""
    contexto = {
        "encuentro": encuentro,
        "fecha": encuentro.fecha,
        "qr": qr_de(direccion),
        "direccion": sin_esquema(direccion),
    }
    return Pliego(
        "talleres/documentos/cartel.html",
        contexto,
        titulo=f"Registro · {encuentro.lugar}",
        clase="Cartel de registro",
        clave=f"cartel:{encuentro.pk}",
        nombre=nombre_del_cartel(encuentro),
        # Lleva la clave de la puerta, que deja de valer: guardarlo no sirve.
        conserva=False,
        numera=False,
    )


def nombre_del_cartel(encuentro):
    return nombre_de_pdf("Registro por QR", encuentro.lugar, encuentro.fecha.isoformat())


def sin_esquema(direccion):
    """Como se teclea: sin «https://» ni la barra del final."""
    return direccion.partition("://")[2].rstrip("/")


# --- La nómina ----------------------------------------------------------------------------------


def registro_de_participantes(encuentro, participantes):
    """El Pliego con la nómina por nivel y sus cuentas. Solo para quien puede leer nombres.

    `participantes`: los que ve quien lo pide. Lo declarado va aparte y no se suma.
    """
    filas = list(participantes.para_nomina())
    niveles = [
        (rotulo, [fila for fila in filas if fila.nivel == nivel])
        for nivel, rotulo in Participante.Nivel.choices
    ]
    contexto = {
        "encuentro": encuentro,
        "fecha": encuentro.fecha,
        "niveles": [(rotulo, suyas) for rotulo, suyas in niveles if suyas],
        "cuentas": contar(participantes),
        "cuantas": len(filas),
        "declarados": encuentro.taller.participantes_declarados,
        "dos_jornadas": encuentro.jornada_de_id or encuentro.otras_jornadas.exists(),
    }
    return Pliego(
        "talleres/documentos/participantes.html",
        contexto,
        titulo=f"Registro de participantes · {encuentro.lugar}, {encuentro.fecha:%d/%m/%Y}",
        clase="Registro de participantes",
        clave=f"nomina:{encuentro.pk}",
        nombre=nombre_de_la_nomina(encuentro),
        conserva=False,
    )


def nombre_de_la_nomina(encuentro):
    return nombre_de_pdf("Participantes", encuentro.lugar, encuentro.fecha.isoformat())


# --- Certificados -------------------------------------------------------------------------------


def certificados_de_participacion(certificados, direccion_de):
    """El Pliego con un certificado por página. `direccion_de(certificado)`: donde se comprueba.

    Cada uno lleva el nombre y los logotipos que tenía la institución el día en que se emitió, y su
    propio código: el del archivo va solo al pie.
    """
    certificados = list(certificados)
    dias = {timezone.localdate(certificado.emitido) for certificado in certificados}
    membretes = {dia: (NombreInstitucion.objects.en(dia), logotipos_en(dia)) for dia in dias}
    hojas = []
    for certificado in certificados:
        membrete = membretes[timezone.localdate(certificado.emitido)]
        direccion = direccion_de(certificado)
        hojas.append(Diploma(certificado, *membrete, qr_de(direccion), sin_esquema(direccion)))
    primero, uno = certificados[0], len(hojas) == 1
    return Pliego(
        "talleres/documentos/certificados.html",
        {"hojas": hojas, "fecha": max(dias)},
        titulo="Certificado de participación" if uno else "Certificados de participación",
        clase="Certificado",
        clave=f"certificado:{primero.pk}" if uno else f"certificados:{primero.encuentro_id}",
        nombre=_nombre_del_certificado(primero) if uno else _nombre_de_varios(primero.encuentro),
        conserva=False,
        numera=False,
    )


@dataclass
class Diploma:
    """Una página: el certificado, quién lo firma y dónde se comprueba."""

    certificado: Certificado
    institucion: NombreInstitucion | None
    logotipos: list[Logotipo]
    qr: str
    direccion: str

    @property
    def entidad(self):
        """De dónde viene, con todas sus letras."""
        participante = self.certificado.participante
        return participante.gad.nombre_oficial if participante.gad_id else participante.organizacion

    @property
    def horas(self):
        """Cuánto duró, en horas redondas, si se sabe: «4 horas»."""
        encuentro = self.certificado.encuentro
        if encuentro.inicio is None or encuentro.fin is None:
            return ""
        minutos = (encuentro.fin.hour - encuentro.inicio.hour) * 60
        minutos += encuentro.fin.minute - encuentro.inicio.minute
        return cuantos(round(minutos / 60), "hora", "horas") if minutos >= 45 else ""


def _nombre_del_certificado(certificado):
    return nombre_de_pdf("Certificado", certificado.codigo)


def _nombre_de_varios(encuentro):
    return nombre_de_pdf("Certificados", encuentro.lugar, encuentro.fecha.isoformat())
